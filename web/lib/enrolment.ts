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
  const name = presentText(body.name);
  if (name === null || name.length > NAME_LENGTH || hasControlCharacters(name)) {
    return { ok: false, field: "name" };
  }
  const details: EnrolmentDetails = { name, email: null, dni: null, unit: null, kind: null };
  for (const field of ["email", "dni", "unit", "kind"] as const) {
    const text = presentText(body[field]);
    if (text !== null && (text.length > DETAIL_LENGTH || hasControlCharacters(text))) {
      return { ok: false, field };
    }
    details[field] = text;
  }
  if (details.email !== null && !/^[^\s@]+@[^\s@]+$/u.test(details.email)) {
    return { ok: false, field: "email" };
  }
  const samples = readSamples(body.samples);
  return samples === null ? { ok: false, field: "samples" } : { ok: true, details, samples };
}

function readSamples(value: unknown): Sample[] | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_SAMPLES) return null;
  const samples = value.map(readSample);
  return samples.every((sample) => sample !== null) ? samples : null;
}

function readSample(value: unknown): Sample | null {
  if (!isRecord(value)) return null;
  const { embedding } = value;
  const model = presentText(value.model);
  if (model === null || !Array.isArray(embedding) || embedding.length !== EMBEDDING_LENGTH) return null;
  const numbers = embedding.filter((number): number is number => Number.isFinite(number));
  return numbers.length === EMBEDDING_LENGTH ? { model, embedding: numbers } : null;
}

function hasControlCharacters(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
