/**
 * Those of the relay's routes that its client has no method for, asked by this app's server: its key never reaches a
 * browser.
 */
import "server-only";

import { isRecord } from "./json";
import { relayApiKey, relayUrl } from "./settings";

const QUESTION_TIMEOUT_MS = 5_000;
/** A change may wait for a name to be looked up: the relay wants to know where an address leads. */
const CHANGE_TIMEOUT_MS = 20_000;

/** Most bytes that are read of an answer: a page of deliveries is far below. */
const ANSWER_MAX_BYTES = 8_000_000;

/**
 * What the relay answered. `code` is the relay's own; or `relay-unreachable`; or `no-answer` for a change that may have
 * been made or not; or `failed` where it names none.
 */
export type RelayAnswer =
  { ok: true; text: string } | { ok: false; code: string; field: string | null };

export type RelayMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** Asks `path`, which begins without a slash. Never rejects: what goes wrong is an answer too. */
export async function askRelay(method: RelayMethod, path: string, body?: object): Promise<RelayAnswer> {
  const base = relayUrl();
  const apiKey = relayApiKey();
  try {
    const response = await fetch(new URL(path, base.endsWith("/") ? base : `${base}/`), {
      method,
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(method === "GET" ? QUESTION_TIMEOUT_MS : CHANGE_TIMEOUT_MS),
      headers: {
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await boundedText(response);
    return response.ok ? { ok: true, text } : { ok: false, ...refusalIn(text) };
  } catch (error) {
    const isUnsure = method !== "GET" && error instanceof Error && error.name === "TimeoutError";
    return { ok: false, code: isUnsure ? "no-answer" : "relay-unreachable", field: null };
  }
}

/** The JSON of an answer; `null` for what is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The body, or an error past {@link ANSWER_MAX_BYTES}: whatever listens there is not the relay then. */
async function boundedText(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_MAX_BYTES) throw new Error("the relay's answer is too long");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function refusalIn(text: string): { code: string; field: string | null } {
  const body = jsonOf(text);
  const error = isRecord(body) ? body.error : undefined;
  if (!isRecord(error) || typeof error.code !== "string") return { code: "failed", field: null };
  return { code: error.code, field: typeof error.field === "string" ? error.field : null };
}
