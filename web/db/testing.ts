/** For tests: a database of their own, in a folder that goes away with them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { onTestFinished } from "vitest";

import { openDatabase, type Database } from "./database";

/** A fresh database file, migrated and with the default camera. */
export function temporaryDatabase(): Promise<Database> {
  const folder = mkdtempSync(path.join(tmpdir(), "rostro-web-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return openDatabase(path.join(folder, "web.sqlite"));
}
