import { describe, expect, it } from "vitest";

import { batchesOf, itemsOf, readBatch, type PlacedItem } from "./batch";
import type { DetailsLine } from "./details-csv";
import { NO_CELLS } from "./fields";
import { BATCH_ITEMS_MAX, BATCH_ROWS_MAX, ITEM_ROWS_MAX } from "./limits";

function vector(value: number): Float32Array {
  return new Float32Array(128).fill(value);
}

function line(number: number): DetailsLine {
  return { ...NO_CELLS, line: number, name: `Persona ${number}` };
}

function people(count: number, rows: number) {
  return Array.from({ length: count }, (_, person) => ({
    name: `Persona ${person}`,
    rows: Array.from({ length: rows }, (__, row) => ({ row: person * rows + row, vector: vector(0.1 + row / 1_000) })),
  }));
}

function sent(items: readonly PlacedItem[], dry = true): unknown {
  return JSON.parse(JSON.stringify({ dry, items: items.map(({ item }) => item) }));
}

describe("batches", () => {
  it("arrive as they were sent, details first", () => {
    const items = itemsOf([line(2)], people(1, 2));
    expect(items.map(({ at }) => at)).toEqual([[2], [0, 1]]);
    expect(readBatch(sent(items))).toEqual({
      dry: true,
      items: [
        { type: "details", cells: { ...NO_CELLS, name: "Persona 2" } },
        { type: "samples", name: "Persona 0", vectors: [vector(0.1), vector(0.101)] },
      ],
    });
  });

  it("part what is too much for one request, and leave nothing out", () => {
    const items = itemsOf(
      Array.from({ length: 3_000 }, (_, index) => line(index + 2)),
      people(3, 2_500),
    );
    expect(Math.max(...items.map(({ at }) => at.length))).toBe(ITEM_ROWS_MAX);
    const batches = batchesOf(items);
    expect(batches.flat()).toEqual(items);
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(BATCH_ITEMS_MAX);
      expect(batch.reduce((sum, { at }) => sum + at.length, 0)).toBeLessThanOrEqual(BATCH_ROWS_MAX);
      expect(readBatch(sent(batch, false))).not.toBeNull();
    }
  });

  it("are none where there is nothing", () => {
    expect(batchesOf([])).toEqual([]);
  });
});

describe("readBatch", () => {
  const samples = (over: object) => ({ dry: true, items: [{ type: "samples", name: "Ana", vectors: btoa("\0\0\0?".repeat(128)), ...over }] });

  it("takes rows of a face's numbers", () => {
    expect(readBatch(samples({}))?.items).toEqual([{ type: "samples", name: "Ana", vectors: [vector(0.5)] }]);
  });

  it.each([
    ["nothing", null],
    ["no items", { dry: true, items: [] }],
    ["no word on whether to store", { items: [{ type: "details", cells: { name: "Ana" } }] }],
    ["too many items", { dry: true, items: Array.from({ length: BATCH_ITEMS_MAX + 1 }, () => ({ type: "details", cells: { name: "Ana" } })) }],
    ["an item of no kind", { dry: true, items: [{ type: "picture" }] }],
    ["nobody's details", { dry: true, items: [{ type: "details", cells: { unit: "4B" } }] }],
    ["a detail that is no text", { dry: true, items: [{ type: "details", cells: { name: "Ana", unit: 4 } }] }],
    ["an id that would be another page's", { dry: true, items: [{ type: "details", cells: { name: "Ana", clientId: "new" } }] }],
    ["nobody's samples", samples({ name: "" })],
    ["no rows", samples({ vectors: "" })],
    ["half a row", samples({ vectors: btoa("\0\0\0?".repeat(64)) })],
    ["what is no base64", samples({ vectors: "ñ" })],
    ["numbers of no face", samples({ vectors: btoa("\0".repeat(512)) })],
    ["too many rows", samples({ vectors: btoa("\0\0\0?".repeat(128 * (ITEM_ROWS_MAX + 1))) })],
  ])("refuses %s", (_, body) => {
    expect(readBatch(body)).toBeNull();
  });
});
