import { audited } from "@/lib/accounts/audit";
import { isSameOrigin } from "@/lib/request-guard";
import { readNewWebhook } from "@/lib/webhook-changes";
import { create, listWebhooks, refusal } from "@/lib/webhooks-service";

/** The relay's receivers, without their secrets, or a `WebhookRefusal`. */
export async function GET(): Promise<Response> {
  const answer = await listWebhooks();
  if (!answer.ok) return refusal(answer.problem);
  return Response.json({ webhooks: answer.value }, { headers: { "Cache-Control": "no-store" } });
}

/** Adds a receiver: 201 with a `SecretAnswer`, or a `WebhookRefusal`. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  return audited("webhook.added", {}, create(readNewWebhook(await request.json().catch(() => null))));
}
