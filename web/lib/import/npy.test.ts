import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { isEncoding, readNpy } from "./npy";

const GOLDEN = path.join(import.meta.dirname, "../../../server/src/npy/golden");

/** A file that NumPy wrote. */
function golden(name: string): Uint8Array {
  return readFileSync(path.join(GOLDEN, name));
}

/** A file of format 1.0 with this header, and these bytes behind it. */
function withHeader(header: string, numbers = new Uint8Array(), magic = "\u0093NUMPY\u0001\u0000"): Uint8Array {
  const text = new TextEncoder().encode(header);
  const start = Uint8Array.from([...magic].map((char) => char.charCodeAt(0)));
  return Uint8Array.from([...start, text.length & 255, text.length >> 8, ...text, ...numbers]);
}

/** Every bit of every row. */
function bits(rows: Float32Array[]): number[][] {
  return rows.map((row) => [...new Uint32Array(row.buffer)]);
}

function rowsOf(name: string): Float32Array[] {
  const reading = readNpy(golden(name));
  if (!reading.ok) throw new Error(reading.fault);
  return reading.rows;
}

describe("readNpy", () => {
  const expected = bits(rowsOf("f4-le-c-v1.npy"));

  it("reads float32 to the bit", () => {
    expect(expected.map((row) => row.length)).toEqual([128, 128, 128]);
    // -0, the denormal next to 1e-42, and the float after 0.1, as generate.py puts them.
    expect(expected[0]?.slice(0, 3)).toEqual([0x8000_0000, 714, 0x3dcc_ccce]);
  });

  it.each(["f4-be-c-v2.npy", "f8-le-f-v3.npy", "f8-le-c-v1.npy", "f8-be-c-v1.npy", "f4-le-f-v1.npy"])(
    "reads the same numbers in %s",
    (name) => {
      expect(bits(rowsOf(name))).toEqual(expected);
    },
  );

  it.each([
    ["whole numbers", golden("i4.npy"), "npy-kind", "<i4"],
    ["one row that is none of many", golden("flat.npy"), "npy-shape", "(128)"],
    ["something else", new TextEncoder().encode("name,unit\n"), "npy-not", null],
    ["nothing", new Uint8Array(), "npy-not", null],
    ["the first bytes alone", golden("f4-le-c-v1.npy").subarray(0, 6), "npy-cut-short", null],
    ["half a header", golden("f4-le-c-v1.npy").subarray(0, 60), "npy-cut-short", null],
    ["too few numbers", golden("f4-le-c-v1.npy").subarray(0, -4), "npy-length", "1532"],
    ["a format to come", withHeader("{}", undefined, "\u0093NUMPY\u0004\u0000"), "npy-version", "4.0"],
    ["no dictionary", withHeader("print('hello')"), "npy-header", null],
    ["an empty dictionary", withHeader("{}"), "npy-header", null],
    ["an entry of another kind", withHeader("{'descr': '<f4', 'evil': 1}"), "npy-header", null],
    ["something behind the dictionary", withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 128), } x"), "npy-header", null],
    ["records", withHeader("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 128), }"), "npy-records", null],
    ["Python's objects", withHeader("{'descr': '|O', 'fortran_order': False, 'shape': (1, 128), }"), "npy-objects", null],
    ["another width", withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 512), }"), "npy-shape", "(1, 512)"],
    ["too many rows", withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (100001, 128), }"), "npy-rows", "100001"],
    [
      "more rows than there is memory",
      withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 128), }"),
      "npy-header",
      null,
    ],
  ])("refuses %s", (_, file, fault, found) => {
    expect(readNpy(file)).toEqual({ ok: false, fault, found });
  });

  it("takes what Python 2 wrote, and no rows at all", () => {
    expect(readNpy(withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (0L, 128L), }  \n"))).toEqual({ ok: true, rows: [] });
  });

  it("never fails otherwise, wherever a file is damaged", () => {
    const file = golden("f8-le-f-v3.npy");
    for (let at = 0; at < 140; at++) {
      const damaged = Uint8Array.from(file);
      damaged[at] = (damaged[at] ?? 0) ^ 0x5a;
      expect(() => readNpy(damaged)).not.toThrow();
      expect(readNpy(file.subarray(0, at)).ok).toBe(false);
    }
  });
});

describe("isEncoding", () => {
  it.each([
    ["a face's numbers", new Float32Array(128).fill(0.1), true],
    ["zeros", new Float32Array(128), false],
    ["something that is no number", new Float32Array(128).fill(Number.NaN), false],
    ["something without an end", Float32Array.from({ length: 128 }, (_, i) => (i === 5 ? Infinity : 0.1)), false],
    ["pixels", new Float32Array(128).fill(255), false],
  ])("%s", (_, row, expected) => {
    expect(isEncoding(row)).toBe(expected);
  });
});
