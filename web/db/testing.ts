/** For tests: a database of their own, in a folder that goes away with them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { onTestFinished } from "vitest";

import { readDetectionBody, type DetectionBody } from "@/lib/detection-body";

import { openDatabase, type Database } from "./database";

/** A fresh database file, migrated and with the default camera. */
export function temporaryDatabase(): Promise<Database> {
  const folder = mkdtempSync(path.join(tmpdir(), "rostro-web-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return openDatabase(path.join(folder, "web.sqlite"));
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
