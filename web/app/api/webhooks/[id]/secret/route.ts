import { isSameOrigin } from "@/lib/request-guard";
import { changeSecret } from "@/lib/webhooks-service";

/** Gives a receiver a new secret: a `SecretAnswer`, this once, or a `WebhookRefusal`. */
export async function POST(request: Request, context: RouteContext<"/api/webhooks/[id]/secret">): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  return changeSecret((await context.params).id);
}
