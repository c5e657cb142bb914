/** What the import page sends to its route: lines and rows in batches, at most so many at a time. */
import { EMBEDDING_LENGTH, nameIn } from "../enrolment";
import { isRecord } from "../json";
import { wrongWith, type DetailsLine } from "./details-csv";
import type { LabelledRows } from "./encodings";
import { FIELDS, NO_CELLS, type Cells } from "./fields";
import { BATCH_ITEMS_MAX, BATCH_ROWS_MAX, ITEM_ROWS_MAX } from "./limits";
import { isEncoding } from "./npy";

/** A line's details, or rows of one name. */
export type Item =
  | { type: "details"; cells: Cells }
  | {
      type: "samples";
      name: string;
      /** The rows in base64: float32, little-endian. */
      vectors: string;
    };

/** An item, and where in its file it is from. */
export interface PlacedItem {
  item: Item;
  /** Its line, or its rows. */
  at: number[];
}

export interface Batch {
  /** Only looked at: nothing is stored. */
  dry: boolean;
  items: ReadItem[];
}

/** An item as it was received. */
export type ReadItem = { type: "details"; cells: Cells } | { type: "samples"; name: string; vectors: Float32Array[] };

/** Everything that a file brings, details first: whoever is new then has them when the samples come. */
export function itemsOf(lines: readonly DetailsLine[], people: readonly LabelledRows[]): PlacedItem[] {
  const details = lines.map(({ line, ...cells }): PlacedItem => ({ item: { type: "details", cells }, at: [line] }));
  const samples = people.flatMap(({ name, rows }) =>
    chunks(rows, ITEM_ROWS_MAX).map((some): PlacedItem => ({
      item: { type: "samples", name, vectors: toBase64(some.map(({ vector }) => vector)) },
      at: some.map(({ row }) => row),
    })),
  );
  return [...details, ...samples];
}

/** Twenty steps show how far it is; no batch is smaller than this. */
const STEPS = 20;
const SMALLEST = 200;

/** The items in their order, in as many requests as it takes. */
export function batchesOf(items: readonly PlacedItem[]): PlacedItem[][] {
  const size = (placed: PlacedItem) => placed.at.length;
  const all = items.reduce((sum, placed) => sum + size(placed), 0);
  const most = Math.min(Math.max(Math.ceil(all / STEPS), SMALLEST), BATCH_ROWS_MAX);
  const batches: PlacedItem[][] = [];
  let rows = Infinity;
  for (const placed of items) {
    rows += size(placed);
    if (rows > most) {
      batches.push([]);
      rows = size(placed);
    }
    batches.at(-1)?.push(placed);
  }
  return batches;
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
}

/** A request's body; `null` for one that makes no sense, of whatever it is. */
export function readBatch(body: unknown): Batch | null {
  if (!isRecord(body) || typeof body.dry !== "boolean" || !Array.isArray(body.items)) return null;
  if (body.items.length === 0 || body.items.length > BATCH_ITEMS_MAX) return null;
  const items = body.items.map(readItem);
  if (!items.every((item) => item !== null)) return null;
  const rows = items.reduce((sum, item) => sum + (item.type === "samples" ? item.vectors.length : 0), 0);
  return rows > BATCH_ROWS_MAX ? null : { dry: body.dry, items };
}

function readItem(value: unknown): ReadItem | null {
  if (!isRecord(value)) return null;
  if (value.type === "details") {
    const cells = readCells(value.cells);
    return cells === null || wrongWith(cells) !== null ? null : { type: "details", cells };
  }
  const name = nameIn(value.name);
  const vectors = value.type === "samples" ? fromBase64(value.vectors) : null;
  if (name === null || vectors === null || vectors.length === 0 || vectors.length > ITEM_ROWS_MAX) return null;
  return vectors.every(isEncoding) ? { type: "samples", name, vectors } : null;
}

function readCells(value: unknown): Cells | null {
  if (!isRecord(value)) return null;
  const cells = { ...NO_CELLS };
  for (const field of FIELDS) {
    const cell = value[field] ?? null;
    if (cell !== null && typeof cell !== "string") return null;
    cells[field] = cell;
  }
  return cells;
}

const ROW_BYTES = EMBEDDING_LENGTH * 4;

function toBase64(rows: readonly Float32Array[]): string {
  const view = new DataView(new ArrayBuffer(rows.length * ROW_BYTES));
  for (const [row, vector] of rows.entries()) {
    for (const [column, number] of vector.entries()) view.setFloat32(row * ROW_BYTES + column * 4, number, true);
  }
  return btoa(Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join(""));
}

function fromBase64(value: unknown): Float32Array[] | null {
  if (typeof value !== "string") return null;
  let text: string;
  try {
    text = atob(value);
  } catch {
    return null;
  }
  if (text.length % ROW_BYTES !== 0) return null;
  const view = new DataView(Uint8Array.from(text, (char) => char.charCodeAt(0)).buffer);
  return Array.from({ length: text.length / ROW_BYTES }, (_, row) =>
    Float32Array.from({ length: EMBEDDING_LENGTH }, (__, column) => view.getFloat32(row * ROW_BYTES + column * 4, true)),
  );
}
