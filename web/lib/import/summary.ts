/** What an import comes to, for people: counted, and what was not taken as a file. */
import { BYTE_ORDER_MARK, csvLine } from "../csv";
import type { Dictionary, Locale } from "../i18n";
import type { PlacedItem } from "./batch";
import type { WrongLine } from "./details-csv";
import type { WrongRow } from "./encodings";
import { FIELDS, NO_CELLS, type Cells, type Field } from "./fields";
import type { Outcome, Reason } from "./outcome";
import { sameNameKey } from "./same-name";

/** Something that is not taken. */
export interface Refusal {
  file: "csv" | "npy";
  /** Its line, counted from 1; its rows, counted from 0. */
  at: number[];
  reason: Reason;
  /** What it says. */
  cells: Cells;
}

/** Details of which something else is on file, and stays. */
export interface Kept {
  line: number;
  name: string;
  fields: Field[];
}

export interface Summary {
  people: number;
  newPeople: number;
  /** People who are on file and get details that were missing. */
  completed: number;
  added: number;
  there: number;
  refused: Refusal[];
  kept: Kept[];
}

/** What the files' own faults and the route's answers come to. */
export function summaryOf(
  wrongLines: readonly WrongLine[],
  wrongRows: readonly WrongRow[],
  items: readonly PlacedItem[],
  outcomes: readonly Outcome[],
): Summary {
  const lines = wrongLines.map(({ line, reason, cells }): Refusal => ({ file: "csv", at: [line], reason, cells }));
  const rows = wrongRows.map(
    ({ row, name, reason }): Refusal => ({ file: "npy", at: [row], reason, cells: { ...NO_CELLS, name } }),
  );
  const people = new Set<string>();
  const newPeople = new Set<string>();
  const completed = new Set<string>();
  const refused: Refusal[] = [];
  const kept: Kept[] = [];
  let [added, there] = [0, 0];
  for (const [index, outcome] of outcomes.entries()) {
    const placed = items[index];
    if (placed === undefined) continue;
    if ("refused" in outcome) {
      refused.push(refusalOf(placed, outcome.refused));
      continue;
    }
    const key = sameNameKey(outcome.name);
    people.add(key);
    if (outcome.isNew) newPeople.add(key);
    if (outcome.filled.length > 0) completed.add(key);
    if (outcome.kept.length > 0) kept.push({ line: placed.at[0] ?? 0, name: outcome.name, fields: outcome.kept });
    added += outcome.added;
    there += outcome.there;
  }
  return {
    people: people.size,
    newPeople: newPeople.size,
    completed: [...completed].filter((key) => !newPeople.has(key)).length,
    added,
    there,
    refused: [...lines, ...refused.filter(({ file }) => file === "csv")]
      .toSorted((a, b) => (a.at[0] ?? 0) - (b.at[0] ?? 0))
      .concat(rows, refused.filter(({ file }) => file === "npy")),
    kept,
  };
}

/** Whether confirming would store anything. */
export function storesAnything({ newPeople, completed, added }: Summary): boolean {
  return newPeople + completed + added > 0;
}

function refusalOf({ item, at }: PlacedItem, reason: Reason): Refusal {
  if (item.type === "details") return { file: "csv", at, reason, cells: item.cells };
  return { file: "npy", at, reason, cells: { ...NO_CELLS, name: item.name } };
}

/** What was not taken, as a CSV that can be put right and imported again. */
export function refusedCsv(refused: readonly Refusal[], t: Dictionary["peopleImport"], locale: Locale): string {
  const separator = locale === "es" ? ";" : ",";
  const head = [...FIELDS.map((field) => t.fields[field]), t.file.source, t.file.place, t.file.reason];
  const lines = refused.map(({ file, at, reason, cells }) => [
    ...FIELDS.map((field) => cells[field]),
    t.sources[file],
    at.join(" "),
    t.reasons[reason],
  ]);
  return BYTE_ORDER_MARK + [head, ...lines].map((cells) => csvLine(cells, separator)).join("");
}
