import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { readEncodings } from "./encodings";

const GOLDEN = path.join(import.meta.dirname, "../../../server/src/npy/golden");
const ENCODINGS = readFileSync(path.join(GOLDEN, "f4-le-c-v1.npy"));

function labels(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

describe("readEncodings", () => {
  it("puts the rows of one name together, whatever its case", () => {
    const reading = readEncodings(ENCODINGS, labels(["José Núñez", "Ana", "JOSÉ NÚÑEZ"]));
    if (!reading.ok) throw new Error(reading.fault);
    expect(reading.people.map(({ name, rows }) => [name, rows.map(({ row }) => row)])).toEqual([
      ["José Núñez", [0, 2]],
      ["Ana", [1]],
    ]);
    expect(reading.people[1]?.rows[0]?.vector).toHaveLength(128);
  });

  it("names the rows that are nobody's, and those that are no face's", () => {
    const damaged = Uint8Array.from(ENCODINGS);
    new DataView(damaged.buffer).setFloat32(damaged.byteLength - 4, Number.NaN, true);
    const reading = readEncodings(damaged, labels(["Ana", " ", "Luis"]));
    expect(reading).toMatchObject({ ok: true, wrong: [{ row: 1, reason: "name" }, { row: 2, name: "Luis", reason: "not-a-face" }] });
  });

  it.each([
    ["no JSON", new TextEncoder().encode("Ana\nLuis"), { fault: "labels-not", row: null }],
    ["no list", labels({ 0: "Ana" }), { fault: "labels-not", row: null }],
    ["a list of other things", labels(["Ana", 7, "Luis"]), { fault: "labels-not-text", row: 1 }],
    ["too few names", labels(["Ana"]), { fault: "labels-count", found: "1 / 3" }],
  ])("refuses %s", (_, names, expected) => {
    expect(readEncodings(ENCODINGS, names)).toMatchObject({ ok: false, ...expected });
  });

  it("says what is wrong with the numbers", () => {
    expect(readEncodings(ENCODINGS.subarray(0, 200), labels([]))).toMatchObject({ ok: false, fault: "npy-length" });
  });
});
