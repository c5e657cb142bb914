/** Clients and their facial profiles: what this app keeps of the people whom the relay recognises. */
import { and, asc, count, eq, like, or, sql } from "drizzle-orm";

import { identityKey } from "@/lib/identity";
import type { EnrolmentDetails, Sample } from "@/lib/enrolment";

import type { Database } from "./database";
import { correctedToNobody, nameless, together } from "./dialect";
import { clients, detectionEvents, facialProfiles, type Client, type FacialProfile } from "./schema";

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
  const samplesOf = new Map<string, Record<string, number>>();
  for (const { clientId, model, samples } of counts) {
    samplesOf.set(clientId, { ...samplesOf.get(clientId), [model ?? ""]: samples });
  }
  return people.map((client) => ({ ...client, samples: samplesOf.get(client.id) ?? {} }));
}

/** A sample on file, without its numbers. */
export type ProfileLine = Pick<FacialProfile, "id" | "providerFaceId" | "version" | "quality" | "createdAt">;

/** The samples of a client, in the order in which they were stored. */
export function listProfiles(database: Database, clientId: string): Promise<ProfileLine[]> {
  const { id, providerFaceId, version, quality, createdAt } = facialProfiles;
  return database
    .select({ id, providerFaceId, version, quality, createdAt })
    .from(facialProfiles)
    .where(eq(facialProfiles.clientId, clientId))
    .orderBy(asc(createdAt), asc(id));
}

/** Which profile is of an encoding of the relay's: a {@link FacialProfile} holds this as its `providerFaceId`. */
export function faceIdOf(personId: string, encodingId: number): string {
  return `${personId}/${encodingId}`;
}

/** The client with a profile of that person of the relay's; for when the relay itself cannot be asked. */
export async function clientOfRelayPerson(database: Database, personId: string): Promise<string | null> {
  // No id of the relay's holds what has a meaning in a pattern.
  if (!/^[\da-z-]+$/iu.test(personId)) return null;
  const [row] = await database
    .select({ clientId: facialProfiles.clientId })
    .from(facialProfiles)
    .where(like(facialProfiles.providerFaceId, `${personId}/%`))
    .limit(1);
  return row?.clientId ?? null;
}

/**
 * Deletes the profile of an encoding that the relay has removed. A profile that does not say of which encoding it is
 * goes where it can be of none that the relay still has: with the last one of its model.
 */
export async function removeProfile(
  database: Database,
  clientId: string,
  { faceId, model, isLastOfModel }: { faceId: string; model: string; isLastOfModel: boolean },
): Promise<void> {
  const which = isLastOfModel ? eq(facialProfiles.version, model) : eq(facialProfiles.providerFaceId, faceId);
  await database.delete(facialProfiles).where(and(eq(facialProfiles.clientId, clientId), which));
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
 * profile for each sample. All of it or nothing. `faceIds` are those of the samples, where they are known.
 */
export async function storeEnrolment(
  database: Database,
  clientId: string,
  details: EnrolmentDetails,
  samples: readonly Sample[],
  faceIds: readonly string[] | null = null,
): Promise<void> {
  const row = clientRow(details);
  await together(database, (on) => [
    on
      .insert(clients)
      .values({ id: clientId, ...row })
      .onConflictDoUpdate({ target: clients.id, set: { ...row, updatedAt: new Date() } }),
    on.insert(facialProfiles).values(
      samples.map(({ model, embedding, quality }, index) => {
        const id = crypto.randomUUID();
        const providerFaceId = faceIds?.[index] ?? id;
        return { id, clientId, provider: PROVIDER, providerFaceId, version: model, embedding: { vector: embedding }, quality };
      }),
    ),
  ]);
}

/** Stores a client who has no sample yet, or the details that were given of one who exists. */
export async function storeDetails(database: Database, clientId: string, details: EnrolmentDetails): Promise<void> {
  const row = clientRow(details);
  await database
    .insert(clients)
    .values({ id: clientId, ...row })
    .onConflictDoUpdate({ target: clients.id, set: { ...row, updatedAt: new Date() } });
}

/** What is given; the rest stays as it is. */
function clientRow({ name, email, dni, unit, kind }: EnrolmentDetails) {
  return {
    name,
    nameKey: identityKey(name),
    ...(email !== null && { email, emailKey: identityKey(email) }),
    ...(dni !== null && { dni, dniKey: identityKey(dni) }),
    ...(unit !== null && { unit }),
    ...(kind !== null && { kind }),
  };
}

/** Which events are somebody's: those that named them, and those of which somebody said that it was them. */
export function sightingsOf({ clientId, name }: { clientId: string | null; name: string | null }) {
  const sentName = sql`(${detectionEvents.metadata} ->> 'name')`;
  const toldKey = sql`(${detectionEvents.metadata} -> 'correction' ->> 'nameKey')`;
  return {
    named: or(
      clientId === null ? undefined : eq(detectionEvents.clientId, clientId),
      name === null ? undefined : eq(sentName, name),
    ),
    toldOf: eq(toldKey, name === null ? null : identityKey(name)),
  };
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
  const { named, toldOf } = sightingsOf(person);
  const forgetEvents = (on: Database) => on
    .update(detectionEvents)
    .set({
      clientId: null,
      metadata: nameless(detectionEvents.metadata),
    })
    .where(named);
  const forgetNotes = (on: Database) => on
    .update(detectionEvents)
    .set({ metadata: correctedToNobody(detectionEvents.metadata) })
    .where(toldOf);
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
