/** Opens the embedded database: one SQLite file, brought up to date by the committed migrations. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { createClient } from "@libsql/client";
import { drizzle, type LibSQLDatabase } from "drizzle-orm/libsql";
import { migrate } from "drizzle-orm/libsql/migrator";

import * as schema from "./schema";

export type Database = LibSQLDatabase<typeof schema>;

/** The camera that the live page reports as; it exists in every database. */
export const WEBCAM = { id: "webcam", name: "Cámara web" } as const;

/** Opens `file`, creates its folder, applies what migrations are missing and makes sure of the default camera. */
export async function openDatabase(file: string): Promise<Database> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  // One connection, so that the pragmas below hold for every statement.
  const client = createClient({ url: pathToFileURL(file).href, concurrency: 1, timeout: 5_000 });
  const opened = drizzle(client, { schema });
  await migrate(opened, { migrationsFolder: path.join(process.cwd(), "db", "migrations") });
  await client.execute("PRAGMA journal_mode = WAL");
  await client.execute("PRAGMA foreign_keys = ON");
  // A forgotten person's embedding is overwritten, not just unlinked.
  await client.execute("PRAGMA secure_delete = ON");
  await opened.insert(schema.cameras).values(WEBCAM).onConflictDoNothing();
  return opened;
}

/** `ROSTRO_WEB_DATA`, or `data` beside the app. */
function databaseFile(): string {
  const folder = process.env.ROSTRO_WEB_DATA ?? path.join(process.cwd(), "data");
  return path.resolve(folder, "web.sqlite");
}

// Next loads a module once for each bundle and again after an edit; the process has one database.
const shared = globalThis as typeof globalThis & { rostroDatabase?: Promise<Database> };

/** The process's database. A failure to open it is not kept: the next call tries again. */
export function database(): Promise<Database> {
  shared.rostroDatabase ??= openDatabase(databaseFile()).catch((error: unknown) => {
    delete shared.rostroDatabase;
    throw error;
  });
  return shared.rostroDatabase;
}
