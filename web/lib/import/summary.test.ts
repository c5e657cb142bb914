import { describe, expect, it } from "vitest";

import { dictionary } from "../i18n";
import type { PlacedItem } from "./batch";
import { readDetailsCsv } from "./details-csv";
import { NO_CELLS } from "./fields";
import type { Outcome } from "./outcome";
import { refusedCsv, storesAnything, summaryOf } from "./summary";

function details(line: number, name: string): PlacedItem {
  return { item: { type: "details", cells: { ...NO_CELLS, name } }, at: [line] };
}

function samples(name: string, at: number[]): PlacedItem {
  return { item: { type: "samples", name, vectors: "" }, at };
}

const TAKEN = { isNew: false, filled: [], kept: [], added: 0, there: 0 };

describe("summaryOf", () => {
  const items = [details(2, "Ana"), details(3, "Luis"), details(5, "Eva"), samples("ana", [0, 1, 2]), samples("Nadie", [3])];
  const outcomes: Outcome[] = [
    { ...TAKEN, name: "Ana", isNew: true },
    { ...TAKEN, name: "Luis", filled: ["unit"], kept: ["email"] },
    { refused: "several" },
    { ...TAKEN, name: "ANA", isNew: true, added: 2, there: 1 },
    { refused: "relay-refused" },
  ];
  const wrongLine = { line: 4, reason: "email", cells: { ...NO_CELLS, name: "Bea", email: "bea" } } as const;
  const wrongRow = { row: 9, name: "", reason: "name" } as const;
  const summary = summaryOf([wrongLine], [wrongRow], items, outcomes);

  it("counts everybody once, wherever they are named", () => {
    expect(summary).toMatchObject({ people: 2, newPeople: 1, completed: 1, added: 2, there: 1 });
    expect(summary.kept).toEqual([{ line: 3, name: "Luis", fields: ["email"] }]);
  });

  it("says what is not taken in the order of the files", () => {
    expect(summary.refused.map(({ file, at, reason }) => [file, at, reason])).toEqual([
      ["csv", [4], "email"],
      ["csv", [5], "several"],
      ["npy", [9], "name"],
      ["npy", [3], "relay-refused"],
    ]);
  });

  it("counts what was answered, where it was cut off", () => {
    expect(summaryOf([], [], items, outcomes.slice(0, 1))).toMatchObject({ people: 1, refused: [] });
  });

  it.each([
    ["nothing", {}, false],
    ["somebody new", { newPeople: 1 }, true],
    ["details", { completed: 1 }, true],
    ["samples", { added: 1 }, true],
  ])("knows whether confirming stores anything: %s", (_, over, expected) => {
    expect(storesAnything({ people: 3, newPeople: 0, completed: 0, added: 0, there: 9, refused: [], kept: [], ...over })).toBe(expected);
  });

  it.each(["es", "en"] as const)("writes what was not taken as a file that can be read again (%s)", (locale) => {
    const text = refusedCsv(summary.refused, dictionary(locale).peopleImport, locale);
    const reading = readDetailsCsv(new TextEncoder().encode(text));
    if (!reading.ok) throw new Error(reading.fault);
    expect(reading.wrong).toMatchObject([
      { line: 2, reason: "email", cells: { name: "Bea" } },
      { line: 4, reason: "no-name" },
    ]);
    expect(reading.lines.map(({ name }) => name)).toEqual(["Eva", "Nadie"]);
    expect(reading.ignored).toHaveLength(3);
  });
});
