/** This app's own routes for webhooks, called by its pages. */
import { isRecord } from "./json";
import { WEBHOOK_STATUS, type WebhookProblem } from "./webhook-changes";
import { readSecret } from "./webhooks";

export type Called = { ok: true; body: unknown } | { ok: false; problem: WebhookProblem };

/** Calls `/api/webhooks` and what is below it. Never rejects: a request without an answer is one that failed. */
export async function callWebhooks(
  method: "POST" | "PATCH" | "DELETE",
  path: readonly string[],
  body?: object,
): Promise<Called> {
  try {
    const address = ["/api/webhooks", ...path.map(encodeURIComponent)].join("/");
    const response = await fetch(address, {
      method,
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const answer: unknown = response.status === 204 ? null : await response.json();
    return response.ok ? { ok: true, body: answer } : { ok: false, problem: problemIn(answer) };
  } catch {
    return { ok: false, problem: "failed" };
  }
}

/** The secret in the answer of a call that gives one. */
export function secretIn(called: Called): string | null {
  return called.ok ? readSecret(called.body) : null;
}

/** How many deliveries are sent again; `null` where the answer does not say. */
export function replayedIn(called: Called): number | null {
  if (!called.ok || !isRecord(called.body)) return null;
  const { replayed } = called.body;
  return typeof replayed === "number" ? replayed : null;
}

function problemIn(answer: unknown): WebhookProblem {
  const error = isRecord(answer) ? answer.error : undefined;
  const code = isRecord(error) ? error.code : undefined;
  return isProblem(code) ? code : "failed";
}

function isProblem(code: unknown): code is WebhookProblem {
  return typeof code === "string" && Object.hasOwn(WEBHOOK_STATUS, code);
}
