import { readDeliveriesWanted } from "@/lib/webhook-changes";
import { listDeliveries, refusal } from "@/lib/webhooks-service";

/** One page of a receiver's deliveries, by `?state=` and `?before=`: a `DeliveryPage`, or a `WebhookRefusal`. */
export async function GET(request: Request, context: RouteContext<"/api/webhooks/[id]/deliveries">): Promise<Response> {
  const wanted = readDeliveriesWanted(new URL(request.url).searchParams);
  if (wanted.wrong) return refusal("invalid");
  const { id } = await context.params;
  const answer = await listDeliveries(id, wanted);
  if (!answer.ok) return refusal(answer.problem);
  return Response.json(answer.value, { headers: { "Cache-Control": "no-store" } });
}
