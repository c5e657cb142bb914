import { audited } from "@/lib/accounts/audit";
import { CORRECTION_STATUS, readActualName, removesPicture, type CorrectionAnswer } from "@/lib/corrections";
import { correct, undo } from "@/lib/corrections-service";
import { isSameOrigin } from "@/lib/request-guard";

type Context = RouteContext<"/api/events/[id]/correction">;

/**
 * Says that the event's face is not of whom it names; `{name?, removesPicture?}` says who it was, and whether its picture
 * is to go. A {@link CorrectionAnswer}.
 */
export async function POST(request: Request, context: Context): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const body: unknown = await request.json().catch(() => null);
  const name = readActualName(body);
  if (name === undefined) return told({ error: { code: "invalid-name" } });
  const { id } = await context.params;
  return audited("event.corrected", { id }, told(await correct(id, name, removesPicture(body))));
}

/** Takes the correction back. A {@link CorrectionAnswer}. */
export async function DELETE(request: Request, context: Context): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  return audited("event.correction-undone", { id }, told(await undo(id)));
}

function told(answer: CorrectionAnswer): Response {
  return Response.json(answer, { status: "error" in answer ? CORRECTION_STATUS[answer.error.code] : 200 });
}
