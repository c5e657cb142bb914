import { audited } from "@/lib/accounts/audit";
import { isSameOrigin } from "@/lib/request-guard";
import { changeSecret } from "@/lib/webhooks-service";

/** Gives a receiver a new secret: a `SecretAnswer`, this once, or a `WebhookRefusal`. */
export async function POST(request: Request, context: RouteContext<"/api/webhooks/[id]/secret">): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  return audited("webhook.secret-changed", { id }, changeSecret(id));
}
