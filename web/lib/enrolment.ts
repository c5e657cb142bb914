/** What the enrolment page posts, and the rules that both sides hold it to. */
import { presentText } from "./identity";
import { isRecord } from "./json";

/** Numbers in an embedding of either model. */
export const EMBEDDING_LENGTH = 128;

/** Samples that one enrolment takes at most. */
export const MAX_SAMPLES = 20;

const NAME_LENGTH = 200;
const DETAIL_LENGTH = 200;

/** An embedding and the id of the model that made it. */
export interface Sample {
  model: string;
  embedding: number[];
  /** How well the face could be seen, 0..1; `null` where nobody measured it. */
  quality: number | null;
}

export interface EnrolmentDetails {
  /** 1..200 characters. */
  name: string;
  email: string | null;
  /** Identity document. */
  dni: string | null;
  /** Flat or office. */
  unit: string | null;
  /** Kind of resident. */
  kind: string | null;
}

export type EnrolmentField = "name" | "email" | "dni" | "unit" | "kind" | "samples";

/** What is on file of a person beside their name. */
export const DETAIL_FIELDS = ["email", "dni", "unit", "kind"] as const;

export type DetailField = (typeof DETAIL_FIELDS)[number];

export type EnrolmentReading =
  | { ok: true; details: EnrolmentDetails; samples: Sample[] }
  | { ok: false; field: EnrolmentField };

/** What `POST /api/people` answers when it does not enrol. */
export interface EnrolmentRefusal {
  error: { code: "invalid-field" | "relay-unreachable" | "relay-refused"; field?: EnrolmentField; message: string };
}

/** Reads a request's body; otherwise names the first field that is wrong. */
export function readEnrolment(body: unknown): EnrolmentReading {
  if (!isRecord(body)) return { ok: false, field: "name" };
  const name = nameIn(body.name);
  if (name === null) return { ok: false, field: "name" };
  const details: EnrolmentDetails = { name, email: null, dni: null, unit: null, kind: null };
  for (const field of DETAIL_FIELDS) {
    const text = detailIn(field, body[field]);
    if (text === undefined) return { ok: false, field };
    details[field] = text;
  }
  const samples = readSamples(body.samples);
  return samples === null ? { ok: false, field: "samples" } : { ok: true, details, samples };
}

/** The name; `null` for what is none. */
export function nameIn(value: unknown): string | null {
  const name = presentText(value);
  return name === null || name.length > NAME_LENGTH || hasControlCharacters(name) ? null : name;
}

/** The detail, `null` where it is blank; `undefined` for what is none. */
export function detailIn(field: DetailField, value: unknown): string | null | undefined {
  const text = presentText(value);
  if (text === null) return null;
  if (text.length > DETAIL_LENGTH || hasControlCharacters(text)) return undefined;
  return field === "email" && !/^[^\s@]+@[^\s@]+$/u.test(text) ? undefined : text;
}

function readSamples(value: unknown): Sample[] | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_SAMPLES) return null;
  const samples = value.map(readSample);
  return samples.every((sample) => sample !== null) ? samples : null;
}

function readSample(value: unknown): Sample | null {
  if (!isRecord(value)) return null;
  const { embedding, quality = null } = value;
  const model = presentText(value.model);
  if (model === null || !Array.isArray(embedding) || embedding.length !== EMBEDDING_LENGTH) return null;
  const numbers = embedding.filter((number): number is number => Number.isFinite(number));
  if (numbers.length !== EMBEDDING_LENGTH || !(quality === null || isShare(quality))) return null;
  return { model, embedding: numbers, quality };
}

function isShare(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}

function hasControlCharacters(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
