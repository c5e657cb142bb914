/** For tests: a database of their own, in a folder that goes away with them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { Client } from "pg";
import { onTestFinished } from "vitest";

import { readDetectionBody, type DetectionBody } from "@/lib/detection-body";

import { openDatabase, openPostgres, type Database } from "./database";
import { isPostgres } from "./schema";

/** A fresh database, migrated and with the default camera: a file, or one of the tests' server. */
export function temporaryDatabase(): Promise<Database> {
  return isPostgres ? temporaryPostgres() : temporaryFile();
}

function temporaryFile(): Promise<Database> {
  const folder = mkdtempSync(path.join(tmpdir(), "rostro-web-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return openDatabase(path.join(folder, "web.sqlite"));
}

async function temporaryPostgres(): Promise<Database> {
  const server = process.env["ROSTRO_TEST_POSTGRES_URL"] ?? "";
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  const { database, end } = await openPostgres(url.href);
  onTestFinished(end);
  return database;
}

/** What the relay sends of somebody at the default camera, with `over` in place of its own fields. */
export function detectionBody(name: string, over: object = {}): DetectionBody {
  return readDetectionBody({
    result: {
      timestamp: "2026-11-22T10:00:00.123456",
      name,
      confidence: 0.59,
      distance: 0.413,
      box: { top: 1, right: 4, bottom: 3, left: 2 },
    },
    camera_id: "webcam",
    timestamp: "2026-11-22T09:00:00Z",
    ...over,
  });
}
