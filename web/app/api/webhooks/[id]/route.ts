import { audited } from "@/lib/accounts/audit";
import { isSameOrigin } from "@/lib/request-guard";
import { readWebhookChange } from "@/lib/webhook-changes";
import { change } from "@/lib/webhooks-service";

type Context = RouteContext<"/api/webhooks/[id]">;

/** Changes a receiver, or switches it on or off: 204, or a `WebhookRefusal`. */
export async function PATCH(request: Request, context: Context): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  const reading = readWebhookChange(await request.json().catch(() => null));
  return audited("webhook.changed", { id }, change("PATCH", id, reading));
}

/** Removes a receiver, and what waits for it: 204, or a `WebhookRefusal`. */
export async function DELETE(request: Request, context: Context): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  return audited("webhook.removed", { id }, change("DELETE", id, { ok: true, value: undefined }));
}
