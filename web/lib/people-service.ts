/** People, in the relay and in this app's own records. On the server: the relay's key never reaches a browser. */
import "server-only";

import { RostroError } from "rostro/relay";

import { forgetInAudit } from "@/db/audit-log";
import { database } from "@/db/database";
import { clientNamed, faceIdOf, forgetClient, listClients, listProfiles, storeEnrolment } from "@/db/people";

import type { EnrolmentDetails, Sample } from "./enrolment";
import { inTurn } from "./in-turn";
import { peopleLines, type PeopleAnswer } from "./people";
import { idsJustMade } from "./samples";
import { forgetPictures } from "./snapshots/service";
import { withRelay } from "./with-relay";

/** Everybody. A relay that does not answer is said so, not thrown. */
export async function everybody(): Promise<PeopleAnswer> {
  const [relayPeople, clients] = await Promise.all([
    withRelay((relay) => relay.people()).catch(() => null),
    database().then(listClients),
  ]);
  return { relayReachable: relayPeople !== null, people: peopleLines(relayPeople, clients) };
}

/**
 * Enrols somebody, or adds samples to whoever has that name. The relay comes first: what it refuses is stored
 * nowhere. Returns id and name as the relay holds them; rejects with the relay client's `RostroError`.
 */
export function enrol(details: EnrolmentDetails, samples: readonly Sample[]): Promise<{ id: string; name: string }> {
  return inTurn(() => enrolNow(details, samples));
}

/** As {@link enrol}, for who has the turn. */
export async function enrolNow(
  details: EnrolmentDetails,
  samples: readonly Sample[],
): Promise<{ id: string; name: string }> {
  const db = await database();
  const client = await clientNamed(db, details.name);
  const clientId = client?.id ?? crypto.randomUUID();
  // The relay hears here for the first time of whoever is on file without a sample: with what is on file.
  const isFirst = client !== undefined && (await listProfiles(db, clientId)).length === 0;
  const { name, unit, kind, dni } = isFirst ? completed(details, client) : details;
  const person = await withRelay((relay) =>
    relay.enrol({
      name,
      samples,
      client_id: clientId,
      ...(unit !== null && { unit }),
      ...(kind !== null && { kind }),
      ...(dni !== null && { document: dni }),
    }),
  );
  const made = await withRelay((relay) => relay.encodings(person.id)).catch(() => []);
  const ids = idsJustMade(made, samples.map(({ model }) => model));
  await storeEnrolment(db, clientId, details, samples, ids?.map((id) => faceIdOf(person.id, id)));
  return { id: person.id, name: person.name };
}

/** What was given, and what is on file of the rest. */
function completed({ name, email, dni, unit, kind }: EnrolmentDetails, client: EnrolmentDetails): EnrolmentDetails {
  return {
    name,
    email: email ?? client.email,
    dni: dni ?? client.dni,
    unit: unit ?? client.unit,
    kind: kind ?? client.kind,
  };
}

/**
 * Forgets the person of that key everywhere; `false` if there is none. The relay comes first: while it still knows a
 * face, nothing here may say that it does not.
 */
export async function forget(key: string): Promise<boolean> {
  const db = await database();
  const person = peopleLines(await withRelay((relay) => relay.people()), await listClients(db)).find(
    (line) => line.key === key,
  );
  if (!person) return false;
  const { relayId, clientId, name } = person;
  if (relayId !== null) await withRelay((relay) => relay.forget(relayId)).catch(unlessGone);
  await forgetPictures({ clientId, name });
  await forgetClient(db, { clientId, name });
  await forgetInAudit(db, { ids: [key, clientId].filter((id) => id !== null), name });
  return true;
}

/** Somebody else may have forgotten the person a moment before. */
function unlessGone(error: unknown): void {
  if (!(error instanceof RostroError && error.code === "not-found")) throw error;
}
