/** The events page's filters as conditions of a query. */
import { and, eq, gte, inArray, isNull, lt, or, sql, type SQL } from "drizzle-orm";

import type { EventFilters } from "@/lib/event-filters";
import { identityKey } from "@/lib/identity";

import type { Database } from "./database";
import { clients, detectionEvents } from "./schema";

const sentName = sql<string | null>`json_extract(${detectionEvents.metadata}, '$.name')`;
const actualNameKey = sql<string | null>`json_extract(${detectionEvents.metadata}, '$.correction.nameKey')`;

/** For queries that join the client to the event; `undefined` where everything passes. */
export async function conditionsOf(database: Database, filters: EventFilters): Promise<SQL | undefined> {
  const { person, status, camera, from, to } = filters;
  return and(
    status === null ? undefined : eq(detectionEvents.status, status),
    camera === null ? undefined : eq(detectionEvents.cameraId, camera),
    from === null ? undefined : gte(detectionEvents.occurredAt, new Date(from)),
    to === null ? undefined : lt(detectionEvents.occurredAt, new Date(to)),
    person === null ? undefined : await isAbout(database, person),
  );
}

/**
 * Events of a client whose name holds `person`, or whose e-mail address or document it is; of a name that no client
 * has; and those that were corrected to such a name.
 */
async function isAbout(database: Database, person: string): Promise<SQL | undefined> {
  const key = identityKey(person);
  const holdsKey = `%${key.replace(/[\\%_]/gu, String.raw`\$&`)}%`;
  const names = (await namesWithoutClient(database)).filter((name) => identityKey(name).includes(key));
  return or(
    sql`${clients.nameKey} like ${holdsKey} escape '\\'`,
    eq(clients.emailKey, key),
    eq(clients.dniKey, key),
    and(isNull(detectionEvents.clientId), inArray(sentName, sql`(select value from json_each(${JSON.stringify(names)}))`)),
    sql`${actualNameKey} like ${holdsKey} escape '\\'`,
  );
}

/** Each name that was sent of somebody who is not on file. They are compared here, as SQLite folds only ASCII. */
async function namesWithoutClient(database: Database): Promise<string[]> {
  const rows = await database
    .selectDistinct({ name: sentName })
    .from(detectionEvents)
    .where(and(isNull(detectionEvents.clientId), inArray(detectionEvents.status, ["NEW_FACE", "MULTIPLE_MATCHES", "MATCHED"])));
  return rows.flatMap(({ name }) => (name === null ? [] : [name]));
}
