/** What SQLite and PostgreSQL say differently. Everything else is one query for both. */
import { sql, type AnyColumn, type SQL } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";

import type { Database } from "./database";
import { isPostgres } from "./schema";

const HOUR_MS = 3_600_000;

/** Any number, the same for every process: who appends takes turns by it. */
const APPENDING = 7_215_003;

type Statement = BatchItem<"sqlite">;

/** Runs every statement or none of them. `statements` makes them on the database that it is given. */
export async function together(
  database: Database,
  statements: (on: Database) => readonly [Statement, ...Statement[]],
): Promise<void> {
  // A transaction of the embedded database would be on a connection of its own, which lacks the pragmas.
  if (!isPostgres) return void (await database.batch(statements(database)));
  await inTransaction(database, async (on) => {
    for (const statement of statements(on)) await statement;
  });
}

/**
 * Inserts into a table whose sequence readers follow. Rows become visible in the order of their numbers: a reader who
 * has seen a number has seen all below it.
 */
export function append<T>(database: Database, insert: (on: Database) => Promise<T>): Promise<T> {
  if (!isPostgres) return insert(database);
  return inTransaction(database, async (on, postgres) => {
    await postgres.execute(sql`select pg_advisory_xact_lock(${APPENDING})`);
    return insert(on);
  });
}

function inTransaction<T>(
  database: Database,
  work: (on: Database, postgres: Pick<NodePgDatabase, "execute">) => Promise<T>,
): Promise<T> {
  const postgres = database as unknown as NodePgDatabase;
  return postgres.transaction((transaction) => work(transaction as unknown as Database, transaction));
}

/** The hour of a moment: its beginning in Unix milliseconds. */
export function hourOf(moment: AnyColumn): SQL<number> {
  const hour = sql.raw(String(HOUR_MS));
  const milliseconds = isPostgres ? sql`floor(extract(epoch from ${moment}) * 1000)::bigint` : sql`${moment}`;
  return sql`(${milliseconds} / ${hour}) * ${hour}`.mapWith(Number);
}

/** One parameter, however many there are: databases count them. */
export function anyOf(texts: readonly (string | null)[]): SQL {
  const list = JSON.stringify(texts);
  return isPostgres
    ? sql`(select jsonb_array_elements_text(${list}::jsonb))`
    : sql`(select value from json_each(${list}))`;
}

/** An event's metadata without the name that was sent, and without what was said against it. */
export function nameless(metadata: AnyColumn): SQL {
  return isPostgres
    ? sql`jsonb_set(${metadata} - 'correction', '{name}', 'null')`
    : sql`json_remove(json_set(${metadata}, '$.name', null), '$.correction')`;
}

/** An event's metadata whose correction no longer says who it was. */
export function correctedToNobody(metadata: AnyColumn): SQL {
  return isPostgres
    ? sql`jsonb_set(jsonb_set(${metadata}, '{correction,name}', 'null'), '{correction,nameKey}', 'null')`
    : sql`json_set(${metadata}, '$.correction.name', null, '$.correction.nameKey', null)`;
}
