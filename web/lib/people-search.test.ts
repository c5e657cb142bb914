import { describe, expect, it } from "vitest";

import type { PersonLine } from "./people";
import { PEOPLE_SHOWN, peopleAddress, peopleFound, readPeopleSearch } from "./people-search";

const NOBODY = { relayId: null, clientId: null, kind: null, samples: {}, strangerNamedOneIn: null, createdAt: "" };

function line(name: string, over: Partial<PersonLine> = {}): PersonLine {
  return { ...NOBODY, key: name, name, unit: null, document: null, email: null, ...over };
}

const PEOPLE = [
  line("Ángela Núñez", { unit: "4.º B", document: "12345678Z" }),
  line("Ana Pérez", { unit: "12 A", email: "ana.perez@example.org" }),
  line("Luis Gil"),
];

describe("peopleFound", () => {
  it.each([
    ["nothing", "  ", ["Ángela Núñez", "Ana Pérez", "Luis Gil"]],
    ["part of a name, without accents", "nunez", ["Ángela Núñez"]],
    ["with accents where there are none", "Lúis", ["Luis Gil"]],
    ["capitals", "ANGELA", ["Ángela Núñez"]],
    ["words in any order", "perez  ana", ["Ana Pérez"]],
    ["a document", "5678z", ["Ángela Núñez"]],
    ["a unit", "12 a", ["Ángela Núñez", "Ana Pérez"]],
    ["an address", "perez@EXAMPLE", ["Ana Pérez"]],
    ["what nobody has", "zoe", []],
  ])("finds by %s", (_, text, names) => {
    expect(peopleFound(PEOPLE, text).map(({ name }) => name)).toEqual(names);
  });

  it("is quick with many people", () => {
    const many = Array.from({ length: 20_000 }, (_, index) => line(`Persona Número ${index}`));
    const began = performance.now();
    expect(peopleFound(many, "numero 19999")).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe("the address", () => {
  it.each([
    ["", "", PEOPLE_SHOWN],
    ["q=+Ana+&show=120", "Ana", 120],
    ["q=Ana&show=-3", "Ana", PEOPLE_SHOWN],
    ["show=many", "", PEOPLE_SHOWN],
  ])("%s", (query, text, shown) => {
    expect(readPeopleSearch(new URLSearchParams(query))).toEqual({ text, shown });
  });

  it("is as short as it can be", () => {
    expect(peopleAddress({ text: "", shown: PEOPLE_SHOWN })).toEqual({ pathname: "/people", query: {} });
    expect(peopleAddress({ text: "ana", shown: 120 })).toEqual({ pathname: "/people", query: { q: "ana", show: 120 } });
  });
});
