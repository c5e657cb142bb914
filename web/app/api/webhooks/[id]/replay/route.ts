import { audited } from "@/lib/accounts/audit";
import { isSameOrigin } from "@/lib/request-guard";
import { readReplay } from "@/lib/webhook-changes";
import { replay } from "@/lib/webhooks-service";

/** Has one delivery sent again, or all that were given up: `{replayed}`, or a `WebhookRefusal`. */
export async function POST(request: Request, context: RouteContext<"/api/webhooks/[id]/replay">): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  return audited("webhook.replayed", { id }, replay(id, readReplay(await request.json().catch(() => null))));
}
