/** The events page's filters as conditions of a query. */
import { and, eq, gte, inArray, isNotNull, isNull, lt, ne, or, sql, type SQL } from "drizzle-orm";

import type { EventFilters } from "@/lib/event-filters";
import { identityKey, searchKey } from "@/lib/identity";

import type { Database } from "./database";
import { anyOf } from "./dialect";
import { clients, detectionEvents } from "./schema";

const sentName = sql<string | null>`(${detectionEvents.metadata} ->> 'name')`;
const actualName = sql<string | null>`(${detectionEvents.metadata} -> 'correction' ->> 'name')`;

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
 * has; and those that were corrected to such a name. Names are compared here, as SQLite folds the case of ASCII alone.
 */
async function isAbout(database: Database, person: string): Promise<SQL | undefined> {
  const wanted = searchKey(person);
  const holds = (name: string | null) => name !== null && searchKey(name).includes(wanted);
  const [onFile, told] = await Promise.all([clientsToSearch(database), namesTold(database)]);
  const key = identityKey(person);
  const ids = onFile.filter(({ name, emailKey, dniKey }) => holds(name) || emailKey === key || dniKey === key);
  return or(
    inArray(detectionEvents.clientId, anyOf(ids.map(({ id }) => id))),
    and(isNull(detectionEvents.clientId), inArray(sentName, anyOf(told.map(({ sent }) => sent).filter(holds)))),
    inArray(actualName, anyOf(told.map(({ actual }) => actual).filter(holds))),
  );
}

function clientsToSearch(database: Database) {
  const { id, name, emailKey, dniKey } = clients;
  return database.select({ id, name, emailKey, dniKey }).from(clients);
}

/** Each name that was sent of somebody who is not on file, and each that was given in a correction. */
function namesTold(database: Database) {
  return database
    .selectDistinct({ sent: sentName, actual: actualName })
    .from(detectionEvents)
    .where(
      or(and(isNull(detectionEvents.clientId), ne(detectionEvents.status, "UNKNOWN")), isNotNull(actualName)),
    );
}
