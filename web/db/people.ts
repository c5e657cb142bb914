/** Clients and their facial profiles: what this app keeps of the people whom the relay recognises. */
import { asc, count, eq, or, sql } from "drizzle-orm";

import { identityKey } from "@/lib/identity";
import type { EnrolmentDetails, Sample } from "@/lib/enrolment";

import type { Database } from "./database";
import { correctedToNobody, nameless, together } from "./dialect";
import { clients, detectionEvents, facialProfiles, type Client } from "./schema";

const PROVIDER = "rostro";

/** More names than these help nobody who looks for one. */
const NAMES_OFFERED = 2_000;

/** A client with the number of their samples by model id. */
export interface ClientWithSamples extends Client {
  samples: Record<string, number>;
}

/** Everybody on file, by name. */
export async function listClients(database: Database): Promise<ClientWithSamples[]> {
  const [people, counts] = await Promise.all([
    database.select().from(clients).orderBy(asc(clients.nameKey)),
    database
      .select({ clientId: facialProfiles.clientId, model: facialProfiles.version, samples: count() })
      .from(facialProfiles)
      .groupBy(facialProfiles.clientId, facialProfiles.version),
  ]);
  return people.map((client) => ({
    ...client,
    samples: Object.fromEntries(
      counts.filter((row) => row.clientId === client.id).map((row) => [row.model ?? "", row.samples]),
    ),
  }));
}

/** The names of those on file, in their order; at most {@link NAMES_OFFERED}, as they are offered while somebody types. */
export async function listClientNames(database: Database): Promise<string[]> {
  const rows = await database
    .selectDistinct({ name: clients.name, key: clients.nameKey })
    .from(clients)
    .orderBy(asc(clients.nameKey))
    .limit(NAMES_OFFERED);
  return rows.map(({ name }) => name);
}

/** The client of that name, letter case aside. */
export function clientNamed(database: Database, name: string): Promise<Client | undefined> {
  return database.query.clients.findFirst({ where: eq(clients.nameKey, identityKey(name)) });
}

/**
 * Stores what the relay has taken: the client, new or with the details that were given now, and one facial
 * profile for each sample. All of it or nothing.
 */
export async function storeEnrolment(
  database: Database,
  clientId: string,
  details: EnrolmentDetails,
  samples: readonly Sample[],
): Promise<void> {
  const row = {
    name: details.name,
    nameKey: identityKey(details.name),
    ...(details.email !== null && { email: details.email, emailKey: identityKey(details.email) }),
    ...(details.dni !== null && { dni: details.dni, dniKey: identityKey(details.dni) }),
    ...(details.unit !== null && { unit: details.unit }),
    ...(details.kind !== null && { kind: details.kind }),
  };
  await together(database, (on) => [
    on
      .insert(clients)
      .values({ id: clientId, ...row })
      .onConflictDoUpdate({ target: clients.id, set: { ...row, updatedAt: new Date() } }),
    on.insert(facialProfiles).values(
      samples.map((sample) => {
        const id = crypto.randomUUID();
        return {
          id,
          clientId,
          provider: PROVIDER,
          providerFaceId: id,
          version: sample.model,
          embedding: { vector: sample.embedding },
        };
      }),
    ),
  ]);
}

/**
 * Forgets a person whom the relay has forgotten: the client, the profiles, and the name in past events and in what was
 * said against others. The events stay, nameless. Either key may be missing: somebody imported into the relay is no client here.
 */
export async function forgetClient(
  database: Database,
  person: { clientId: string | null; name: string | null },
): Promise<void> {
  const { clientId, name } = person;
  if (clientId === null && name === null) return;
  const sentName = sql`(${detectionEvents.metadata} ->> 'name')`;
  const forgetEvents = (on: Database) => on
    .update(detectionEvents)
    .set({
      clientId: null,
      metadata: nameless(detectionEvents.metadata),
    })
    .where(
      or(
        clientId === null ? undefined : eq(detectionEvents.clientId, clientId),
        name === null ? undefined : eq(sentName, name),
      ),
    );
  const forgetNotes = (on: Database) => on
    .update(detectionEvents)
    .set({ metadata: correctedToNobody(detectionEvents.metadata) })
    .where(
      eq(sql`(${detectionEvents.metadata} -> 'correction' ->> 'nameKey')`, name === null ? null : identityKey(name)),
    );
  if (clientId === null) {
    await together(database, (on) => [forgetEvents(on), forgetNotes(on)]);
    return;
  }
  await together(database, (on) => [
    forgetEvents(on),
    forgetNotes(on),
    on.delete(facialProfiles).where(eq(facialProfiles.clientId, clientId)),
    on.delete(clients).where(eq(clients.id, clientId)),
  ]);
}
