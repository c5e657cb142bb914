/** Opens the database, embedded or of a server, and brings it up to date by the committed migrations. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { createClient } from "@libsql/client";
import { drizzle, type LibSQLDatabase } from "drizzle-orm/libsql";
import { migrate } from "drizzle-orm/libsql/migrator";
import { drizzle as drizzlePostgres } from "drizzle-orm/node-postgres";
import { migrate as migratePostgres } from "drizzle-orm/node-postgres/migrator";
import { Pool } from "pg";

import { databaseUrl, dataFolder } from "@/lib/settings";

import { cameras } from "./schema";
import * as postgres from "./schema/postgres";
import * as sqlite from "./schema/sqlite";

/** One type for both: the queries of this folder use what the two have in common, `dialect.ts` has the rest. */
export type Database = LibSQLDatabase<typeof sqlite>;

/** The camera that the live page reports as; it exists in every database. */
export const WEBCAM = { id: "webcam", name: "Cámara web" } as const;

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;

/** Opens `file`, creates its folder, applies what migrations are missing and makes sure of the default camera. */
export async function openDatabase(file: string): Promise<Database> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  // One connection, so that the pragmas below hold for every statement.
  const client = createClient({ url: pathToFileURL(file).href, concurrency: 1, timeout: 5_000 });
  const opened = drizzle(client, { schema: sqlite });
  await migrate(opened, { migrationsFolder: migrations("sqlite") });
  await client.execute("PRAGMA journal_mode = WAL");
  await client.execute("PRAGMA foreign_keys = ON");
  // A forgotten person's embedding is overwritten, not just unlinked.
  await client.execute("PRAGMA secure_delete = ON");
  return withWebcam(opened);
}

/** The same on a PostgreSQL server. Who ends it gives its connections back. */
export async function openPostgres(url: string): Promise<{ database: Database; end: () => Promise<void> }> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks while nobody uses it is replaced; without a listener it would end the process.
  pool.on("error", (error) => console.error(`a connection to the database was lost: ${error.message}`));
  const opened = drizzlePostgres(pool, { schema: postgres });
  await migratePostgres(opened, { migrationsFolder: migrations("postgres") });
  const ready = await withWebcam(opened as unknown as Database);
  return { database: ready, end: () => pool.end() };
}

function migrations(dialect: "sqlite" | "postgres"): string {
  return path.join(process.cwd(), "db", "migrations", dialect);
}

async function withWebcam(opened: Database): Promise<Database> {
  await opened.insert(cameras).values(WEBCAM).onConflictDoNothing();
  return opened;
}

async function openConfigured(): Promise<Database> {
  const url = databaseUrl();
  return url === undefined ? openDatabase(path.join(dataFolder(), "web.sqlite")) : (await openPostgres(url)).database;
}

// Next loads a module once for each bundle and again after an edit; the process has one database.
const shared = globalThis as typeof globalThis & { rostroDatabase?: Promise<Database> };

/** The process's database. A failure to open it is not kept: the next call tries again. */
export function database(): Promise<Database> {
  shared.rostroDatabase ??= openConfigured().catch((error: unknown) => {
    delete shared.rostroDatabase;
    throw error;
  });
  return shared.rostroDatabase;
}
