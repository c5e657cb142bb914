/** The people page's lines: those whom the relay recognises, put together with this app's own records. */
import type { ClientWithSamples } from "@/db/people";

import { identityKey } from "./identity";

/** What is used of a person whom the relay holds. */
export interface RelayPerson {
  id: string;
  name: string;
  unit?: string | null;
  kind?: string | null;
  document?: string | null;
  client_id?: string | null;
  /** How often a stranger may be given this name, one in so many; `null` for everybody's rate. */
  stranger_named_one_in?: number | null;
  /** Number of encodings by model id. */
  encodings: Record<string, number>;
  created_at: string;
}

export interface PersonLine {
  /** Names the person in `/people/{key}` and `DELETE /api/people/{key}`. */
  key: string;
  /** `null` for a client whom the relay does not hold. */
  relayId: string | null;
  /** `null` for somebody who is only in the relay. */
  clientId: string | null;
  name: string;
  unit: string | null;
  kind: string | null;
  document: string | null;
  email: string | null;
  /** Number of samples by model id. */
  samples: Record<string, number>;
  /** How often a stranger may be given this name, one in so many; `null` for everybody's rate. */
  strangerNamedOneIn: number | null;
  /** ISO 8601. */
  createdAt: string;
}

/** The answer of `GET /api/people`. */
export interface PeopleAnswer {
  /** `false`: the relay did not answer, and the lines are this app's records alone. */
  relayReachable: boolean;
  people: PersonLine[];
}

/** Everybody once, by name. `relayPeople` is `null` when the relay cannot be asked. */
export function peopleLines(
  relayPeople: readonly RelayPerson[] | null,
  clients: readonly ClientWithSamples[],
): PersonLine[] {
  const left = new Map(clients.map((client) => [client.id, client]));
  const ofName = new Map<string, ClientWithSamples[]>();
  for (const client of clients) ofName.set(client.nameKey, [...(ofName.get(client.nameKey) ?? []), client]);
  const held = (relayPeople ?? []).map((person) => {
    const client =
      left.get(person.client_id ?? "") ?? ofName.get(identityKey(person.name))?.find(({ id }) => left.has(id));
    if (client) left.delete(client.id);
    return relayLine(person, client);
  });
  const lines = [...held, ...[...left.values()].map(clientLine)];
  return lines.toSorted((a, b) => a.name.localeCompare(b.name));
}

function relayLine(person: RelayPerson, client: ClientWithSamples | undefined): PersonLine {
  return {
    key: person.id,
    relayId: person.id,
    clientId: client?.id ?? null,
    name: person.name,
    unit: person.unit ?? client?.unit ?? null,
    kind: person.kind ?? client?.kind ?? null,
    document: person.document ?? client?.dni ?? null,
    email: client?.email ?? null,
    samples: person.encodings,
    strangerNamedOneIn: person.stranger_named_one_in ?? null,
    createdAt: person.created_at,
  };
}

function clientLine(client: ClientWithSamples): PersonLine {
  return {
    key: client.id,
    relayId: null,
    clientId: client.id,
    name: client.name,
    unit: client.unit,
    kind: client.kind,
    document: client.dni,
    email: client.email,
    samples: client.samples,
    strangerNamedOneIn: null,
    createdAt: client.createdAt.toISOString(),
  };
}

/** Whether that key names the person: the line's own, or this app's for somebody whom the relay holds too. */
export function isOf(line: PersonLine, key: string): boolean {
  return line.key === key || line.clientId === key;
}

/** Whether there is any sample of the person, at the relay or on file. */
export function canBeRecognised({ relayId, samples }: PersonLine): boolean {
  return relayId !== null || Object.keys(samples).length > 0;
}
