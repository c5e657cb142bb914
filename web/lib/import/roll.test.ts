import { describe, expect, it } from "vitest";

import type { PersonLine } from "../people";
import { NO_CELLS, type Cells } from "./fields";
import { Roll } from "./roll";

const NOTHING = { unit: null, kind: null, document: null, email: null, samples: {}, strangerNamedOneIn: null, createdAt: "" };

function person(key: string, name: string, over: Partial<PersonLine> = {}): PersonLine {
  return { ...NOTHING, key, relayId: key, clientId: `c-${key}`, name, ...over };
}

const ANA = person("ana", "Ana Pérez", { document: "1Z", unit: "4B" });
const LUIS = person("luis", "Luis", { relayId: null });
const TWINS = [person("eva-1", "Eva", { document: "2X" }), person("eva-2", "EVA", { document: "3Y" })];

function found(cells: Partial<Cells>) {
  return new Roll([ANA, LUIS, ...TWINS]).find({ ...NO_CELLS, ...cells });
}

describe("Roll", () => {
  it.each([
    ["a name", { name: "ana  pérez".replace("  ", " ") }, "ana"],
    ["a document", { dni: "1z" }, "ana"],
    ["a client's id", { clientId: "c-luis" }, "luis"],
    ["a name that two have, and a document", { name: "Eva", dni: "3Y" }, "eva-2"],
    ["a document with another name, which stays", { dni: "1Z", name: "Ana María" }, "ana"],
  ])("finds by %s", (_, cells, key) => {
    const who = found(cells);
    expect(who.ok && who.person?.key).toBe(key);
  });

  it.each([
    ["several of that name", { name: "Eva" }, "several"],
    ["one's name and another's document", { name: "Luis", dni: "1Z" }, "disagree"],
    ["a document that nobody has, without a name", { dni: "9Q" }, "nobody"],
  ])("does not guess: %s", (_, cells, reason) => {
    expect(found(cells)).toEqual({ ok: false, reason });
  });

  it("adds what is missing, and keeps what is there", () => {
    expect(found({ name: "ANA PÉREZ", unit: "5C", email: "ana@example.org", dni: "1z", kind: "Visita" })).toMatchObject({
      filled: ["email", "kind"],
      kept: ["unit"],
      details: { name: "Ana Pérez", email: "ana@example.org", kind: "Visita", unit: null, dni: null },
    });
  });

  it("takes whoever is in no list for new", () => {
    expect(found({ name: "Zoe", unit: "1A" })).toMatchObject({ person: null, details: { name: "Zoe", unit: "1A" } });
  });

  it("knows those whom earlier lines brought", () => {
    const roll = new Roll([]);
    roll.add(person("zoe", "Zoe"));
    expect(roll.named("ZOE")?.key).toBe("zoe");
    roll.add(Object.assign(roll.named("Zoe") ?? ANA, { document: "7W" }));
    expect(roll.find({ ...NO_CELLS, name: "Zoe", dni: "7w" })).toMatchObject({ ok: true, person: { key: "zoe" } });
  });

  it("prefers whom the relay holds", () => {
    expect(new Roll([person("a", "Ana", { relayId: null }), person("b", "Ana")]).named("ana")?.key).toBe("b");
  });
});
