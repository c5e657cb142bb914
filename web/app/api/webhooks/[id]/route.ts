import { isSameOrigin } from "@/lib/request-guard";
import { readWebhookChange } from "@/lib/webhook-changes";
import { change } from "@/lib/webhooks-service";

type Context = RouteContext<"/api/webhooks/[id]">;

/** Changes a receiver, or switches it on or off: 204, or a `WebhookRefusal`. */
export async function PATCH(request: Request, context: Context): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  return change("PATCH", id, readWebhookChange(await request.json().catch(() => null)));
}

/** Removes a receiver, and what waits for it: 204, or a `WebhookRefusal`. */
export async function DELETE(request: Request, context: Context): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  return change("DELETE", id, { ok: true, value: undefined });
}
