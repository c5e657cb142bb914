/** People's details in a CSV, as spreadsheets write it in Spanish or English. */
import { CsvError, parse } from "csv-parse/browser/esm/sync";

import { DETAIL_FIELDS, detailIn, nameIn } from "../enrolment";
import { presentText } from "../identity";
import { fieldOf, isClientId, NO_CELLS, type Cells, type Field } from "./fields";
import { FILE_MAX_BYTES, ROWS_MAX } from "./limits";
import type { Reason } from "./outcome";

/** Why a file is no list of people. */
export type CsvFault =
  | "csv-too-large"
  | "csv-not-text"
  | "csv-empty"
  | "csv-no-columns"
  | "csv-column-twice"
  | "csv-broken"
  | "csv-rows";

export interface DetailsLine extends Cells {
  /** Counted from 1, the head among them. */
  line: number;
}

export interface WrongLine {
  line: number;
  reason: Reason;
  cells: Cells;
}

export type CsvReading =
  | { ok: true; lines: DetailsLine[]; wrong: WrongLine[]; ignored: string[] }
  | { ok: false; fault: CsvFault; line: number | null; found: string | null };

/** Reads a file: UTF-8 or Windows-1252, commas, semicolons or tabs, columns in any order. */
export function readDetailsCsv(file: Uint8Array): CsvReading {
  if (file.byteLength > FILE_MAX_BYTES) return fault("csv-too-large");
  const text = decoded(file);
  if (text.includes("\0")) return fault("csv-not-text");
  const parsed = records(text);
  if (!parsed.ok) return fault("csv-broken", parsed.line);
  const [head, ...rest] = parsed.records;
  if (head === undefined) return fault("csv-empty");
  if (rest.length > ROWS_MAX) return fault("csv-rows", null, String(rest.length));
  const columns = head.cells.map(fieldOf);
  const twice = columns.find((field, index) => field !== null && columns.indexOf(field) !== index);
  if (twice) return fault("csv-column-twice", head.line, head.cells[columns.lastIndexOf(twice)]);
  if (!columns.some((field) => field === "name" || field === "dni" || field === "clientId")) {
    return fault("csv-no-columns", head.line, head.cells.join(", ").slice(0, 200));
  }
  return { ok: true, ...sorted(rest, columns), ignored: head.cells.filter((_, index) => columns[index] === null) };
}

function fault(what: CsvFault, line: number | null = null, found: string | null = null): CsvReading {
  return { ok: false, fault: what, line, found };
}

/** UTF-8 where it is that, with or without its mark; else what Windows writes in western Europe and America. */
function decoded(file: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(file);
  } catch {
    return new TextDecoder("windows-1252").decode(file);
  }
}

interface CsvRecord {
  cells: string[];
  /** On which it begins. */
  line: number;
}

function records(text: string): { ok: true; records: CsvRecord[] } | { ok: false; line: number } {
  const found: CsvRecord[] = [];
  let lastLine = 0;
  try {
    parse(text, {
      delimiter: separatorOf(text),
      relax_column_count: true,
      on_record: (cells: string[], { lines }: { lines: number }) => {
        lastLine = lines;
        const within = cells.join("").match(/\r\n|\r|\n/gu)?.length ?? 0;
        if (cells.some((cell) => cell.trim() !== "")) found.push({ cells, line: lines - within });
        return null;
      },
    });
    return { ok: true, records: found };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // A quote that nothing closes takes in all that follows: where it begins is what helps.
    const { lines } = error as unknown as { lines?: number };
    return { ok: false, line: error.code === "CSV_QUOTE_NOT_CLOSED" ? lastLine + 1 : (lines ?? lastLine + 1) };
  }
}

/** The one that makes the most known columns of the first line. */
function separatorOf(text: string): string {
  const [head = ""] = text.trimStart().split(/[\r\n]/u, 1);
  const known = (separator: string) => head.split(separator).filter((cell) => fieldOf(cell) !== null).length;
  return [",", ";", "\t"].toSorted((a, b) => known(b) - known(a))[0] ?? ",";
}

function sorted(rest: readonly CsvRecord[], columns: readonly (Field | null)[]) {
  const lines: DetailsLine[] = [];
  const wrong: WrongLine[] = [];
  for (const { cells: written, line } of rest) {
    const cells = { ...NO_CELLS };
    for (const [index, field] of columns.entries()) if (field !== null) cells[field] = cellOf(written[index]);
    const reason = written.length === columns.length ? wrongWith(cells) : "cells";
    if (reason === null) lines.push({ line, ...cells });
    else wrong.push({ line, reason, cells });
  }
  return { lines, wrong };
}

/** The app's own files lead what a spreadsheet would run by an apostrophe. */
function cellOf(written: string | undefined): string | null {
  return presentText(written?.replace(/^'(?=[=+\-@])/u, ""));
}

/** What is wrong with a line; `null` for nothing. */
export function wrongWith(cells: Cells): Reason | null {
  const { name, dni, clientId } = cells;
  if (name === null && dni === null && clientId === null) return "no-name";
  if (name !== null && nameIn(name) === null) return "name";
  if (clientId !== null && !isClientId(clientId)) return "clientId";
  return DETAIL_FIELDS.find((field) => detailIn(field, cells[field]) === undefined) ?? null;
}
