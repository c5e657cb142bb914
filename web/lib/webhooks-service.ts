/** The relay's webhooks, asked and told by this app's server. */
import "server-only";

import { askRelay, jsonOf, type RelayAnswer, type RelayMethod } from "./relay-rest";
import {
  isWebhookId,
  WEBHOOK_STATUS,
  type DeliveriesWanted,
  type Reading,
  type SecretAnswer,
  type WebhookProblem,
  type WebhookRefusal,
} from "./webhook-changes";
import {
  DELIVERIES_PAGE,
  ENV_ID,
  readDeliveries,
  readSecret,
  readWebhook,
  readWebhooks,
  type DeliveryPage,
  type Webhook,
} from "./webhooks";
import { withRelay } from "./with-relay";

export type Answered<T> = { ok: true; value: T } | { ok: false; problem: WebhookProblem };

/** A person, as a filter names them. */
export interface FilterPerson {
  id: string;
  name: string;
}

/** All receivers, that of the configuration first. */
export async function listWebhooks(): Promise<Answered<Webhook[]>> {
  return understood(await askRelay("GET", "v1/webhooks"), readWebhooks);
}

/** One receiver. */
export async function findWebhook(id: string): Promise<Answered<Webhook>> {
  if (!isWebhookId(id)) return { ok: false, problem: "gone" };
  return understood(await askRelay("GET", `v1/webhooks/${id}`), readWebhook);
}

/** One page of a receiver's deliveries, newest first. */
export async function listDeliveries(
  id: string,
  { state, before }: Pick<DeliveriesWanted, "state" | "before">,
  limit = DELIVERIES_PAGE,
): Promise<Answered<DeliveryPage>> {
  if (!isWebhookId(id)) return { ok: false, problem: "gone" };
  const query = new URLSearchParams({
    limit: String(limit),
    ...(state !== null && { state }),
    ...(before !== null && { before: String(before) }),
  });
  return understood(await askRelay("GET", `v1/webhooks/${id}/deliveries?${query}`), readDeliveries);
}

/** Whom a filter can name, by name; nobody while the relay does not answer. */
export async function filterPeople(): Promise<FilterPerson[]> {
  const people = await withRelay((relay) => relay.people()).catch(() => []);
  return people.map(({ id, name }) => ({ id, name })).toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Tells the relay what `reading` holds; the receiver with its secret, which is shown this once. */
export async function create<T extends object>(reading: Reading<T>): Promise<Response> {
  if (!reading.ok) return refusal(reading.problem);
  return withSecret(await askRelay("POST", "v1/webhooks", reading.value), 201);
}

/** Gives a receiver a new secret. */
export async function changeSecret(id: string): Promise<Response> {
  const problem = unchangeable(id);
  return problem === null ? withSecret(await askRelay("POST", `v1/webhooks/${id}/secret`), 200) : refusal(problem);
}

/** Changes or removes a receiver: 204, or a {@link WebhookRefusal}. The one of the configuration stays as it is. */
export async function change<T extends object>(
  method: RelayMethod,
  id: string,
  reading: Reading<T | undefined>,
): Promise<Response> {
  const problem = unchangeable(id);
  if (problem !== null) return refusal(problem);
  if (!reading.ok) return refusal(reading.problem);
  const answer = await askRelay(method, `v1/webhooks/${id}`, reading.value);
  return answer.ok ? new Response(null, { status: 204 }) : refusal(problemOf(answer));
}

/** Has deliveries sent again: `{replayed}`, their number. */
export async function replay<T extends object>(id: string, reading: Reading<T>): Promise<Response> {
  if (!isWebhookId(id)) return refusal("gone");
  if (!reading.ok) return refusal(reading.problem);
  const answer = await askRelay("POST", `v1/webhooks/${id}/replay`, reading.value);
  if (answer.ok) return new Response(answer.text, { headers: { "Content-Type": "application/json" } });
  const isDelivery = answer.code === "not-found" && answer.field === "delivery_id";
  return refusal(isDelivery ? "nothing-to-replay" : problemOf(answer));
}

/** A {@link WebhookRefusal} with its status. */
export function refusal(code: WebhookProblem): Response {
  const body: WebhookRefusal = { error: { code } };
  return Response.json(body, { status: WEBHOOK_STATUS[code] });
}

function unchangeable(id: string): WebhookProblem | null {
  if (id === ENV_ID) return "of-configuration";
  return isWebhookId(id) ? null : "gone";
}

function withSecret(answer: RelayAnswer, status: number): Response {
  if (!answer.ok) return refusal(problemOf(answer));
  const body = jsonOf(answer.text);
  const [webhook, secret] = [readWebhook(body), readSecret(body)];
  if (!webhook || !secret) return refusal("failed");
  const told: SecretAnswer = { webhook, secret };
  return Response.json(told, { status, headers: { "Cache-Control": "no-store" } });
}

function understood<T>(answer: RelayAnswer, read: (body: unknown) => T | null): Answered<T> {
  if (!answer.ok) return { ok: false, problem: problemOf(answer) };
  const value = read(jsonOf(answer.text));
  return value === null ? { ok: false, problem: "failed" } : { ok: true, value };
}

function problemOf({ code, field }: { code: string; field: string | null }): WebhookProblem {
  switch (code) {
    case "relay-unreachable":
    case "busy":
      return "relay-unreachable";
    case "no-answer":
      return "no-answer";
    case "not-found":
      return "gone";
    case "conflict":
      return "too-many";
    case "address-refused":
      return "address-refused";
    case "invalid-request":
      if (field === "url") return "no-address";
      if (field === "description") return "description";
      if (field === "filter.topics") return "no-topics";
      return field?.startsWith("filter") ? "filter" : "invalid";
    default:
      return "failed";
  }
}
