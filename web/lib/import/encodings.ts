/** The Flask app's two files together: `encodings.npy`, and the name of each of its rows in `labels.json`. */
import { nameIn } from "../enrolment";
import { FILE_MAX_BYTES } from "./limits";
import { isEncoding, readNpy, type NpyFault } from "./npy";
import type { Reason } from "./outcome";
import { sameNameKey } from "./same-name";

export type EncodingsFault = NpyFault | "labels-too-large" | "labels-not" | "labels-not-text" | "labels-count";

/** A name of the file with its rows, counted from 0. */
export interface LabelledRows {
  name: string;
  rows: { row: number; vector: Float32Array }[];
}

export interface WrongRow {
  row: number;
  name: string;
  reason: Reason;
}

export type EncodingsReading =
  | { ok: true; people: LabelledRows[]; wrong: WrongRow[] }
  /** `row` is where in `labels.json`, counted from 0. */
  | { ok: false; fault: EncodingsFault; row: number | null; found: string | null };

/** Reads both; rows of one name become samples of one person, in their order. */
export function readEncodings(encodings: Uint8Array, labels: Uint8Array): EncodingsReading {
  const numbers = readNpy(encodings);
  if (!numbers.ok) return { ...numbers, row: null };
  const names = namesIn(labels);
  if (!names.ok) return names;
  if (names.names.length !== numbers.rows.length) {
    return fault("labels-count", null, `${names.names.length} / ${numbers.rows.length}`);
  }
  const people = new Map<string, LabelledRows>();
  const wrong: WrongRow[] = [];
  for (const [row, vector] of numbers.rows.entries()) {
    const label = names.names[row] ?? "";
    const name = nameIn(label);
    if (name === null || !isEncoding(vector)) {
      wrong.push({ row, name: label, reason: name === null ? "name" : "not-a-face" });
      continue;
    }
    const key = sameNameKey(name);
    const person = people.get(key) ?? { name, rows: [] };
    person.rows.push({ row, vector });
    people.set(key, person);
  }
  return { ok: true, people: [...people.values()], wrong };
}

function namesIn(labels: Uint8Array): { ok: true; names: string[] } | (EncodingsReading & { ok: false }) {
  if (labels.byteLength > FILE_MAX_BYTES) return fault("labels-too-large");
  let list: unknown;
  try {
    list = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(labels));
  } catch {
    return fault("labels-not");
  }
  if (!Array.isArray(list)) return fault("labels-not");
  const row = list.findIndex((name) => typeof name !== "string");
  return row === -1 ? { ok: true, names: list as string[] } : fault("labels-not-text", row);
}

function fault(what: EncodingsFault, row: number | null = null, found: string | null = null) {
  return { ok: false, fault: what, row, found } as const;
}
