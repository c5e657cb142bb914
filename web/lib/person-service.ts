/** One person, and what their page does to them. On the server: the relay's key never reaches a browser. */
import "server-only";

import { RostroError } from "rostro/relay";

import { database } from "@/db/database";
import { listEvents, type EventLine } from "@/db/detections";
import { clientOfRelayPerson, faceIdOf, listProfiles, removeProfile } from "@/db/people";

import { NO_FILTERS } from "./event-filters";
import { identityKey } from "./identity";
import { inTurn } from "./in-turn";
import { isOf, type PersonLine } from "./people";
import { everybody } from "./people-service";
import { recordedLines, sampleLines, type SampleLine } from "./samples";
import { withRelay } from "./with-relay";

/** Sightings that a person's page shows. */
const SIGHTINGS_SHOWN = 8;

export interface PersonShown {
  relayReachable: boolean;
  person: PersonLine;
  samples: SampleLine[];
  /** The newest first. */
  sightings: EventLine[];
}

/** The person of that key. While the relay does not answer: what this app has of them, or `relay-down` for nothing. */
export async function personShown(key: string): Promise<PersonShown | "unknown" | "relay-down"> {
  const db = await database();
  const { people, relayReachable } = await everybody();
  // Without the relay, its own id of somebody leads to this app's record by their samples.
  const known = relayReachable ? key : ((await clientOfRelayPerson(db, key)) ?? key);
  const person = people.find((line) => isOf(line, known));
  if (person === undefined) return relayReachable ? "unknown" : "relay-down";
  const [samples, sightings] = await Promise.all([samplesOf(person), sightingsOf(person.name)]);
  return { relayReachable, person, samples, sightings };
}

async function samplesOf({ relayId, clientId }: PersonLine): Promise<SampleLine[]> {
  const db = await database();
  const profiles = clientId === null ? [] : await listProfiles(db, clientId);
  if (relayId === null) return recordedLines(profiles);
  const encodings = await withRelay((relay) => relay.encodings(relayId)).catch(() => null);
  if (encodings === null) return recordedLines(profiles);
  return sampleLines(encodings, profiles, (id) => faceIdOf(relayId, id));
}

/** The filter finds parts of names as well: "Ana" is no sighting of "Ana María". */
async function sightingsOf(name: string): Promise<EventLine[]> {
  const events = await listEvents(await database(), { filters: { ...NO_FILTERS, person: name } });
  return events.filter((event) => event.name !== null && identityKey(event.name) === identityKey(name)).slice(0, SIGHTINGS_SHOWN);
}

/** Why a sample stays. */
export type SampleProblem = "gone" | "last-sample" | "relay-unreachable" | "failed";

export const SAMPLE_STATUS: Record<SampleProblem, number> = {
  gone: 404,
  "last-sample": 409,
  "relay-unreachable": 503,
  failed: 502,
};

/** Whose sample is gone. */
export type SampleRemoval = { ok: true; name: string; model: string } | { ok: false; problem: SampleProblem };

/**
 * Removes one of a person's samples, but not the last: that would be forgetting. The relay comes first; then the
 * app's own record of it, which is the profile whose `providerFaceId` names that person and encoding. Profiles from
 * before those were kept, and those whose encoding could not be told, stay until the last encoding of their model goes.
 */
export function removeSample(key: string, encodingId: number): Promise<SampleRemoval> {
  return inTurn(async () => {
    try {
      return await removeNow(key, encodingId);
    } catch (error) {
      if (!(error instanceof RostroError)) throw error;
      return { ok: false, problem: problemOf(error) };
    }
  });
}

async function removeNow(key: string, encodingId: number): Promise<SampleRemoval> {
  const { people, relayReachable } = await everybody();
  if (!relayReachable) return { ok: false, problem: "relay-unreachable" };
  const { relayId = null, clientId = null, name = "" } = people.find((line) => isOf(line, key)) ?? {};
  if (relayId === null) return { ok: false, problem: "gone" };
  const encodings = await withRelay((relay) => relay.encodings(relayId));
  const encoding = encodings.find(({ id }) => id === encodingId);
  if (encoding === undefined) return { ok: false, problem: "gone" };
  if (encodings.length === 1) return { ok: false, problem: "last-sample" };
  await withRelay((relay) => relay.removeEncoding(relayId, encodingId));
  const { model } = encoding;
  if (clientId !== null) {
    const isLastOfModel = encodings.filter((other) => other.model === model).length === 1;
    await removeProfile(await database(), clientId, { faceId: faceIdOf(relayId, encodingId), model, isLastOfModel });
  }
  return { ok: true, name, model };
}

function problemOf({ code }: RostroError): SampleProblem {
  switch (code) {
    case "relay-unreachable":
    case "busy":
      return "relay-unreachable";
    case "not-found":
      return "gone";
    default:
      return "failed";
  }
}
