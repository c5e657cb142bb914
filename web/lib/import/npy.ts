/**
 * The `encodings.npy` of the Flask app: what the relay's own program reads (`server/src/npy`), and nothing else. NumPy's
 * format 1.0 to 3.0, either byte order, float32 or float64, C or Fortran order, shape `(N, 128)`. A file of Python
 * objects (a pickle) is refused: nothing in it is ever run.
 */
import { EMBEDDING_LENGTH } from "../enrolment";
import { FILE_MAX_BYTES, ROWS_MAX } from "./limits";

/** Why bytes are not an `encodings.npy`. */
export type NpyFault =
  | "npy-too-large"
  | "npy-not"
  | "npy-version"
  | "npy-cut-short"
  | "npy-header"
  | "npy-records"
  | "npy-objects"
  | "npy-kind"
  | "npy-shape"
  | "npy-length"
  | "npy-rows";

export type NpyReading =
  /** `rows` has 128 numbers for each; those of float64 are rounded, as the Flask app rounds them. */
  { ok: true; rows: Float32Array[] } | { ok: false; fault: NpyFault; found: string | null };

/** First bytes of every file. */
const MAGIC = [0x93, ...new TextEncoder().encode("NUMPY")];

/** NumPy's own limit. */
const HEADER_MAX_BYTES = 10_000;

const KINDS: Record<string, { size: 4 | 8; littleEndian: boolean }> = {
  "<f4": { size: 4, littleEndian: true },
  ">f4": { size: 4, littleEndian: false },
  "<f8": { size: 8, littleEndian: true },
  ">f8": { size: 8, littleEndian: false },
};

/** What the header says of the numbers behind it. */
interface Header {
  /** Their kind, as NumPy writes it: `<f4`. */
  descr: string;
  /** Whether columns are dense, not rows. */
  fortranOrder: boolean;
  shape: number[];
}

/** Reads a file; `found` of a fault is what is there in place of what should be. Every row may be looked at by itself then. */
export function readNpy(file: Uint8Array): NpyReading {
  if (file.byteLength > FILE_MAX_BYTES) return fault("npy-too-large");
  if (!MAGIC.every((byte, index) => file[index] === byte)) return fault("npy-not");
  const [major, minor] = [file[6], file[7]];
  if (major === undefined || minor === undefined) return fault("npy-cut-short");
  if (major < 1 || major > 3) return fault("npy-version", `${major}.${minor}`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const begin = major === 1 ? 10 : 12;
  if (file.byteLength < begin) return fault("npy-cut-short");
  const end = begin + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (file.byteLength < end) return fault("npy-cut-short");
  if (end - begin > HEADER_MAX_BYTES) return fault("npy-header");
  const header = headerIn(textOf(file.subarray(begin, end), major));
  if (typeof header === "string") return fault(header);
  return numbersIn(header, new DataView(file.buffer, file.byteOffset + end, file.byteLength - end));
}

function numbersIn({ descr, fortranOrder, shape }: Header, numbers: DataView): NpyReading {
  // NumPy writes objects as a pickle behind the header: a program, which is not run here.
  if (/^\|?O/u.test(descr)) return fault("npy-objects");
  const kind = Object.hasOwn(KINDS, descr) ? KINDS[descr] : undefined;
  if (kind === undefined) return fault("npy-kind", descr);
  const [count = 0, width] = shape;
  if (shape.length !== 2 || width !== EMBEDDING_LENGTH) return fault("npy-shape", `(${shape.join(", ")})`);
  if (count > ROWS_MAX) return fault("npy-rows", String(count));
  const { size, littleEndian } = kind;
  if (count * EMBEDDING_LENGTH * size !== numbers.byteLength) return fault("npy-length", String(numbers.byteLength));
  const number = (row: number, column: number) => {
    const at = size * (fortranOrder ? column * count + row : row * EMBEDDING_LENGTH + column);
    return size === 4 ? numbers.getFloat32(at, littleEndian) : numbers.getFloat64(at, littleEndian);
  };
  const rows = Array.from({ length: count }, (_, row) =>
    Float32Array.from({ length: EMBEDDING_LENGTH }, (__, column) => number(row, column)),
  );
  return { ok: true, rows };
}

function fault(what: NpyFault, found: string | null = null): NpyReading {
  return { ok: false, fault: what, found };
}

/** Format 3.0 is UTF-8, those before are Latin-1; empty for what is neither. */
function textOf(bytes: Uint8Array, major: number): string {
  if (major < 3) return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "";
  }
}

/** The header, a Python dictionary of three entries in text; or what is wrong with it. */
function headerIn(text: string): Header | NpyFault {
  const literal = new Literal(text);
  const found: Partial<Header> = {};
  if (!literal.take("{")) return "npy-header";
  while (!literal.take("}")) {
    const key = literal.string();
    if (key === null || !literal.take(":")) return "npy-header";
    const wrong = readEntry(literal, key, found);
    if (wrong !== null) return wrong;
    if (literal.take(",")) continue;
    if (!literal.take("}")) return "npy-header";
    break;
  }
  const { descr, fortranOrder, shape } = found;
  const isWhole = descr !== undefined && fortranOrder !== undefined && shape !== undefined && literal.isAtEnd();
  return isWhole ? { descr, fortranOrder, shape } : "npy-header";
}

/** Reads the value of `key` into `found`; what is wrong with it, `null` for nothing. */
function readEntry(literal: Literal, key: string, found: Partial<Header>): NpyFault | null {
  switch (key) {
    case "descr": {
      const descr = literal.string();
      // Where it is no text it is a list of named fields.
      if (descr === null) return "npy-records";
      found.descr = descr;
      return null;
    }
    case "fortran_order": {
      const fortranOrder = literal.bool();
      if (fortranOrder === null) return "npy-header";
      found.fortranOrder = fortranOrder;
      return null;
    }
    case "shape": {
      const shape = literal.tuple();
      if (shape === null) return "npy-header";
      found.shape = shape;
      return null;
    }
    default:
      return "npy-header";
  }
}

/** What is left of a Python literal. Each method takes what it names, if that comes next. */
class Literal {
  #rest: string;

  constructor(text: string) {
    this.#rest = text;
  }

  take(mark: string): boolean {
    const rest = this.#rest.trimStart();
    if (!rest.startsWith(mark)) return false;
    this.#rest = rest.slice(mark.length);
    return true;
  }

  isAtEnd(): boolean {
    return /^[ \n]*$/u.test(this.#rest);
  }

  /** A string without escapes; NumPy writes none here. */
  string(): string | null {
    const [, single, double] = this.#matched(/^\s*(?:'([^']*)'|"([^"]*)")/u) ?? [];
    return single ?? double ?? null;
  }

  bool(): boolean | null {
    if (this.take("True")) return true;
    return this.take("False") ? false : null;
  }

  /** A tuple of numbers. Python 2 wrote an `L` behind each. */
  tuple(): number[] | null {
    const [, inside] = this.#matched(/^\s*\(([^()]*)\)/u) ?? [];
    if (inside === undefined) return null;
    const parts = inside.split(",");
    // A comma may stand behind the last.
    if (parts.at(-1)?.trim() === "") parts.pop();
    const isNumber = (part: string) => /^\s*\d{1,15}L?\s*$/u.test(part);
    return parts.every(isNumber) ? parts.map((part) => Number.parseInt(part, 10)) : null;
  }

  #matched(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(this.#rest);
    if (match !== null) this.#rest = this.#rest.slice(match[0].length);
    return match;
  }
}

/** Norms that the relay believes; dlib's lie near 1.4. */
const NORM_LEAST = 1e-3;
const NORM_MOST = 1e3;

/** Whether these numbers can be a face's: finite, and of a length that the relay takes. */
export function isEncoding(row: Float32Array): boolean {
  const norm = Math.hypot(...row);
  return norm >= NORM_LEAST && norm <= NORM_MOST;
}
