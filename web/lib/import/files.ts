/** The files that somebody chose, read: what they bring, or why one of them cannot be read. */
import { itemsOf, type PlacedItem } from "./batch";
import { readDetailsCsv, type CsvFault, type WrongLine } from "./details-csv";
import { readEncodings, type EncodingsFault, type WrongRow } from "./encodings";
import { FILE_MAX_BYTES } from "./limits";

export type FileFault =
  | CsvFault
  | EncodingsFault
  | "no-files"
  | "twice"
  | "labels-missing"
  | "encodings-missing"
  | "unreadable";

/** Why a file cannot be read, and where. */
export interface FileProblem {
  file: string;
  fault: FileFault;
  /** Of a CSV, counted from 1. */
  line: number | null;
  /** Of `labels.json`, counted from 0. */
  row: number | null;
  /** What is there in place of what should be. */
  found: string | null;
}

export interface Chosen {
  names: string[];
  items: PlacedItem[];
  wrongLines: readonly WrongLine[];
  wrongRows: readonly WrongRow[];
  /** Heads of columns that are not used. */
  ignored: readonly string[];
}

/** What is needed of a browser's `File`. */
export type GivenFile = Pick<File, "name" | "size" | "arrayBuffer">;

const KINDS = { csv: /\.(?:csv|txt)$/iu, npy: /\.npy$/iu, json: /\.json$/iu } as const;

type Kind = keyof typeof KINDS;

const TOO_LARGE: Record<Kind, FileFault> = { csv: "csv-too-large", npy: "npy-too-large", json: "labels-too-large" };

/** Reads a CSV, or `encodings.npy` with its `labels.json`, or all three. */
export async function readFiles(
  files: readonly GivenFile[],
): Promise<{ ok: true; chosen: Chosen } | { ok: false; problem: FileProblem }> {
  const found: Partial<Record<Kind, GivenFile>> = {};
  for (const file of files) {
    const kind = (Object.keys(KINDS) as Kind[]).find((one) => KINDS[one].test(file.name));
    if (kind === undefined) return refused(file, "no-files");
    if (found[kind] !== undefined) return refused(file, "twice");
    if (file.size > FILE_MAX_BYTES) return refused(file, TOO_LARGE[kind]);
    found[kind] = file;
  }
  const { csv, npy, json } = found;
  if (npy !== undefined && json === undefined) return refused(npy, "labels-missing");
  if (json !== undefined && npy === undefined) return refused(json, "encodings-missing");
  const details = csv === undefined ? NO_DETAILS : await detailsIn(csv);
  if (!details.ok) return details;
  const encodings = npy === undefined || json === undefined ? NO_ENCODINGS : await encodingsIn(npy, json);
  if (!encodings.ok) return encodings;
  const chosen = {
    names: files.map(({ name }) => name),
    items: itemsOf(details.lines, encodings.people),
    wrongLines: details.wrong,
    wrongRows: encodings.wrong,
    ignored: details.ignored,
  };
  return { ok: true, chosen };
}

const NO_DETAILS = { ok: true, lines: [], wrong: [], ignored: [] } as const;
const NO_ENCODINGS = { ok: true, people: [], wrong: [] } as const;

async function detailsIn(csv: GivenFile) {
  const bytes = await bytesOf(csv);
  if (bytes === null) return refused(csv, "unreadable");
  const reading = readDetailsCsv(bytes);
  return reading.ok ? reading : refused(csv, reading.fault, reading);
}

async function encodingsIn(npy: GivenFile, json: GivenFile) {
  const [numbers, labels] = await Promise.all([bytesOf(npy), bytesOf(json)]);
  if (numbers === null || labels === null) return refused(numbers === null ? npy : json, "unreadable");
  const reading = readEncodings(numbers, labels);
  return reading.ok ? reading : refused(reading.fault.startsWith("labels") ? json : npy, reading.fault, reading);
}

function refused(file: GivenFile, fault: FileFault, at: Partial<Pick<FileProblem, "line" | "row" | "found">> = {}) {
  const { line = null, row = null, found = null } = at;
  return { ok: false, problem: { file: file.name, fault, line, row, found } } as const;
}

/** A file may be gone, or locked, since it was chosen. */
async function bytesOf(file: GivenFile): Promise<Uint8Array | null> {
  return file.arrayBuffer().then(
    (buffer) => new Uint8Array(buffer),
    () => null,
  );
}
