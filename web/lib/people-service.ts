/** People, in the relay and in this app's own records. On the server: the relay's key never reaches a browser. */
import "server-only";

import { RostroError } from "rostro/relay";

import { forgetInAudit } from "@/db/audit-log";
import { database } from "@/db/database";
import { clientNamed, forgetClient, listClients, storeEnrolment } from "@/db/people";

import type { EnrolmentDetails, Sample } from "./enrolment";
import { peopleLines, type PeopleAnswer } from "./people";
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
export async function enrol(details: EnrolmentDetails, samples: readonly Sample[]): Promise<{ id: string; name: string }> {
  const db = await database();
  const clientId = (await clientNamed(db, details.name))?.id ?? crypto.randomUUID();
  const { name, unit, kind, dni } = details;
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
  await storeEnrolment(db, clientId, details, samples);
  return { id: person.id, name: person.name };
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
  await forgetClient(db, { clientId, name });
  await forgetInAudit(db, { ids: [key, clientId].filter((id) => id !== null), name });
  return true;
}

/** Somebody else may have forgotten the person a moment before. */
function unlessGone(error: unknown): void {
  if (!(error instanceof RostroError && error.code === "not-found")) throw error;
}
