/** What may be asked of the relay's webhooks, read from the bodies of this app's routes. */
import { isRecord } from "./json";
import { DELIVERY_STATES, TOPICS, type DeliveryState, type Topic, type Webhook } from "./webhooks";

/** Longest address, in bytes, and longest text, in characters, that the relay takes. */
const URL_MAX_BYTES = 2048;
export const TEXT_MAX_CHARS = 200;
/** Most cameras, and most people, in a filter. */
const FILTER_MAX = 1000;

/** Why something was not done; each has its text in the dictionary. */
export type WebhookProblem =
  | "no-address"
  | "address-credentials"
  | "address-refused"
  | "description"
  | "no-topics"
  | "filter"
  | "too-many"
  | "of-configuration"
  | "gone"
  | "nothing-to-replay"
  | "invalid"
  | "relay-unreachable"
  | "no-answer"
  | "failed";

/** What the routes answer that do not do what they were asked. */
export interface WebhookRefusal {
  error: { code: WebhookProblem };
}

export const WEBHOOK_STATUS: Record<WebhookProblem, number> = {
  "no-address": 400,
  "address-credentials": 400,
  "address-refused": 400,
  description: 400,
  "no-topics": 400,
  filter: 400,
  "too-many": 409,
  "of-configuration": 409,
  gone: 404,
  "nothing-to-replay": 404,
  invalid: 400,
  "relay-unreachable": 503,
  "no-answer": 504,
  failed: 502,
};

/** A receiver as the form has it; what is sent to the routes. */
export interface WebhookDraft {
  /** Left out where the address stays as it is. */
  url?: string;
  description: string;
  filter: { topics: Topic[]; cameras: string[]; people: string[] };
  send_bearer: boolean;
}

/** What `POST /api/webhooks` and `POST /api/webhooks/{id}/secret` answer: the one time that a secret is shown. */
export interface SecretAnswer {
  webhook: Webhook;
  secret: string;
}

export type Reading<T> = { ok: true; value: T } | { ok: false; problem: WebhookProblem };

/** A draft in a route's body, with an address. */
export function readNewWebhook(body: unknown): Reading<WebhookDraft & { url: string }> {
  const reading = readDraft(body);
  if (!reading.ok) return reading;
  const { url, ...rest } = reading.value;
  return url === undefined ? refused("no-address") : { ok: true, value: { url, ...rest } };
}

/** A change in a route's body: on or off, or a whole draft, whose address may stay as it is. */
export function readWebhookChange(body: unknown): Reading<WebhookDraft | { enabled: boolean }> {
  if (!isRecord(body)) return refused("invalid");
  if ("enabled" in body) {
    const { enabled } = body;
    return typeof enabled === "boolean" ? { ok: true, value: { enabled } } : refused("invalid");
  }
  return readDraft(body);
}

function readDraft(body: unknown): Reading<WebhookDraft> {
  if (!isRecord(body) || !isRecord(body.filter)) return refused("invalid");
  const { url, description, send_bearer, filter } = body;
  if (url !== undefined) {
    const problem = addressProblem(url);
    if (problem !== null) return refused(problem);
  }
  if (typeof description !== "string" || [...description.trim()].length > TEXT_MAX_CHARS) return refused("description");
  if (typeof send_bearer !== "boolean" || !Array.isArray(filter.topics)) return refused("invalid");
  const wanted: unknown[] = filter.topics;
  const topics = TOPICS.filter((topic) => wanted.includes(topic));
  if (topics.length === 0) return refused("no-topics");
  const [cameras, people] = [filter.cameras, filter.people].map(readIds);
  if (!cameras || !people) return refused("filter");
  const draft = { description: description.trim(), filter: { topics, cameras, people }, send_bearer };
  return { ok: true, value: typeof url === "string" ? { url: url.trim(), ...draft } : draft };
}

/** What is wrong with an address by its text alone; where it points to, only the relay can say. */
export function addressProblem(address: unknown): "no-address" | "address-credentials" | null {
  if (typeof address !== "string") return "no-address";
  const text = address.trim();
  if (!URL.canParse(text) || new TextEncoder().encode(text).length > URL_MAX_BYTES) return "no-address";
  const { protocol, hostname, username, password } = new URL(text);
  if (!["http:", "https:"].includes(protocol) || hostname === "") return "no-address";
  return username !== "" || password !== "" ? "address-credentials" : null;
}

/** Each once, without blank ones; `null` where there are too many or one is too long. */
function readIds(list: unknown): string[] | null {
  if (!Array.isArray(list) || !list.every((item) => typeof item === "string")) return null;
  const ids = [...new Set(list.map((id) => id.trim()).filter((id) => id !== ""))];
  const fits = ids.length <= FILTER_MAX && ids.every((id) => [...id].length <= TEXT_MAX_CHARS);
  return fits ? ids : null;
}

/** What is to be sent again: one delivery, or all that was given up. */
export type ReplayWanted = { delivery_id: number } | { from_event: 0 };

/** `{delivery}` or `{all: "dead"}` in a route's body. */
export function readReplay(body: unknown): Reading<ReplayWanted> {
  if (!isRecord(body)) return refused("invalid");
  if (body.all === "dead") return { ok: true, value: { from_event: 0 } };
  const { delivery } = body;
  if (typeof delivery !== "number" || !Number.isSafeInteger(delivery) || delivery < 0) return refused("invalid");
  return { ok: true, value: { delivery_id: delivery } };
}

/** Which deliveries a page shows; `wrong` where the address asks for what makes no sense, and that is left out. */
export interface DeliveriesWanted {
  state: DeliveryState | null;
  before: number | null;
  wrong: boolean;
}

/** `?state=` and `?before=` of the page and the route. */
export function readDeliveriesWanted(query: URLSearchParams): DeliveriesWanted {
  const [states, befores] = [query.getAll("state"), query.getAll("before")];
  const state = DELIVERY_STATES.find((known) => known === states[0]) ?? null;
  const before = /^\d{1,15}$/u.test(befores[0] ?? "") ? Number(befores[0]) : null;
  const wrong =
    states.length > 1 || befores.length > 1 || (states.length === 1) !== (state !== null) || (befores.length === 1) !== (before !== null);
  return { state, before, wrong };
}

/** The ids that the relay gives out; anything else is asked for nowhere. */
export function isWebhookId(id: string): boolean {
  return /^[\w-]{1,64}$/u.test(id);
}

function refused(problem: WebhookProblem): { ok: false; problem: WebhookProblem } {
  return { ok: false, problem };
}
