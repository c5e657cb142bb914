/** The relay's webhooks and their deliveries, as pages and routes speak of them, read from what the relay answers. */
import { isRecord } from "./json";

/** What a webhook may be told of. */
export const TOPICS = ["known", "unknown", "mismatch"] as const;

export type Topic = (typeof TOPICS)[number];

/** The id of the receiver that the relay's configuration names. */
export const ENV_ID = "env";

export interface WebhookFilter {
  /** At least one. */
  topics: Topic[];
  /** Ids of cameras; empty for all. */
  cameras: string[];
  /** The relay's ids of people; empty for all, and for faces of nobody. */
  people: string[];
}

/** A receiver, without its secrets. */
export interface Webhook {
  /** {@link ENV_ID} for the one of the relay's configuration. */
  id: string;
  /** Without user, password, query and fragment; `null` for `env` where the configuration names none. */
  url: string | null;
  /** Whether `url` leaves something out: then it is no address to send back. */
  urlIsPartial: boolean;
  description: string | null;
  filter: WebhookFilter;
  /** Why it is told nothing: somebody switched it off, or it answered 410; `null` while it is told. */
  disabled: "operator" | "gone" | null;
  /** Whether the secret is sent as `Authorization: Bearer …` too. */
  sendBearer: boolean;
  /** Until when deliveries are signed with the secret before as well, ISO 8601; `null` when they are not. */
  previousSecretUntil: string | null;
  /** ISO 8601; `null` for `env`. */
  createdAt: string | null;
}

/** Waits for its first attempt, was refused and is tried again, was given up, was taken. */
export const DELIVERY_STATES = ["pending", "failing", "dead", "delivered"] as const;

export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface Delivery {
  /** Later deliveries have greater ids. */
  id: number;
  /** The relay's id of the event that it tells of. */
  eventId: number;
  state: DeliveryState;
  /** Attempts made; a replay counts from 0 again. */
  attempts: number;
  /** How the last attempt failed, such as `HTTP 500`; `null` before the first. */
  lastFailure: string | null;
  /** When the next attempt is due, ISO 8601; `null` for what was taken or given up. */
  dueAt: string | null;
  /** When it was taken or given up, ISO 8601; `null` while it waits. */
  endedAt: string | null;
}

/** One page of deliveries, newest first. */
export interface DeliveryPage {
  deliveries: Delivery[];
  /** What the next page is asked with; `null` on the last. */
  nextBefore: number | null;
}

/** Deliveries on one page. */
export const DELIVERIES_PAGE = 25;

/** The receivers in the relay's answer; `null` where it is none. */
export function readWebhooks(body: unknown): Webhook[] | null {
  return isRecord(body) ? everyOne(body.webhooks, readWebhook) : null;
}

/** One receiver; `null` for what is none. */
export function readWebhook(body: unknown): Webhook | null {
  if (!isRecord(body) || typeof body.id !== "string" || !isRecord(body.filter)) return null;
  const { topics, cameras, people } = body.filter;
  const url = textOrNull(body.url);
  const shown = url === null ? null : shownAddress(url);
  return {
    id: body.id,
    url: shown,
    urlIsPartial: url !== shown,
    description: textOrNull(body.description),
    filter: {
      topics: TOPICS.filter((topic) => Array.isArray(topics) && topics.includes(topic)),
      cameras: texts(cameras),
      people: texts(people),
    },
    disabled: body.disabled === "operator" || body.disabled === "gone" ? body.disabled : null,
    sendBearer: body.send_bearer === true,
    previousSecretUntil: textOrNull(body.previous_secret_until),
    createdAt: textOrNull(body.created_at),
  };
}

/** The secret that the relay shows this once; `null` where there is none in the answer. */
export function readSecret(body: unknown): string | null {
  return isRecord(body) ? textOrNull(body.secret) : null;
}

/** One page of deliveries in the relay's answer; `null` where it is none. */
export function readDeliveries(body: unknown): DeliveryPage | null {
  if (!isRecord(body)) return null;
  const deliveries = everyOne(body.deliveries, readDelivery);
  return deliveries && { deliveries, nextBefore: wholeOrNull(body.next_before) };
}

function readDelivery(body: unknown): Delivery | null {
  if (!isRecord(body)) return null;
  const [id, eventId, attempts] = [body.id, body.event_id, body.attempts].map(wholeOrNull);
  const state = DELIVERY_STATES.find((known) => known === body.state);
  if (id == null || eventId == null || attempts == null || state === undefined) return null;
  return {
    id,
    eventId,
    state,
    attempts,
    lastFailure: textOrNull(body.last_failure),
    dueAt: textOrNull(body.due_at),
    endedAt: textOrNull(body.given_up_at) ?? textOrNull(body.delivered_at),
  };
}

/** An address without what may be a secret in it: user, password, query, fragment. */
export function shownAddress(address: string): string {
  if (!URL.canParse(address)) return "";
  const url = new URL(address);
  url.username = url.password = url.search = url.hash = "";
  return url.href;
}

/** All or none: an answer that is half understood would hide receivers. */
function everyOne<T>(list: unknown, read: (item: unknown) => T | null): T[] | null {
  if (!Array.isArray(list)) return null;
  const items = list.map(read).filter((item) => item !== null);
  return items.length === list.length ? items : null;
}

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function wholeOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}
