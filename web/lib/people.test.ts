import { describe, expect, it } from "vitest";

import type { ClientWithSamples } from "@/db/people";

import { identityKey } from "./identity";
import { peopleLines, type RelayPerson } from "./people";

function client(id: string, name: string, over: Partial<ClientWithSamples> = {}): ClientWithSamples {
  const now = new Date("2026-11-22T09:00:00Z");
  const empty = { email: null, emailKey: null, dni: null, dniKey: null, unit: null, kind: null };
  return {
    id,
    name,
    nameKey: identityKey(name),
    ...empty,
    createdAt: now,
    updatedAt: now,
    samples: { "sface-2021dec": 3 },
    ...over,
  };
}

function person(id: string, name: string, over: Partial<RelayPerson> = {}): RelayPerson {
  return { id, name, encodings: { "sface-2021dec": 3 }, created_at: "2026-11-20T09:00:00Z", ...over };
}

describe("peopleLines", () => {
  it("puts a person and their record together, by the record's id or by name", () => {
    const lines = peopleLines(
      [person("p1", "Ana"), person("p2", "Luis", { client_id: "c2", unit: "1A" })],
      [client("c1", "ANA", { email: "ana@example.org", unit: "4B" }), client("c2", "Luis Gil", { unit: "9Z" })],
    );
    expect(lines).toMatchObject([
      { key: "p1", relayId: "p1", clientId: "c1", name: "Ana", email: "ana@example.org", unit: "4B" },
      { key: "p2", relayId: "p2", clientId: "c2", name: "Luis", unit: "1A" },
    ]);
  });

  it("keeps those who are only on one side, in the order of their names", () => {
    const lines = peopleLines([person("p1", "Zoe"), person("p2", "Ángel")], [client("c1", "Bea")]);
    expect(lines.map(({ name, relayId, clientId }) => [name, relayId, clientId])).toEqual([
      ["Ángel", "p2", null],
      ["Bea", null, "c1"],
      ["Zoe", "p1", null],
    ]);
  });

  it("shows the records alone when the relay cannot be asked", () => {
    expect(peopleLines(null, [client("c1", "Ana")])).toMatchObject([
      { key: "c1", relayId: null, samples: { "sface-2021dec": 3 }, createdAt: "2026-11-22T09:00:00.000Z" },
    ]);
  });
});
