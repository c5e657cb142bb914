import { database } from "@/db/database";
import { lineOf } from "@/db/detections";
import { audit } from "@/lib/accounts/audit";
import type { CorrectionAnswer } from "@/lib/corrections";
import { isSameOrigin } from "@/lib/request-guard";
import { snapshotShelf } from "@/lib/snapshots/service";
import { pictureOf, removePicture } from "@/lib/snapshots/shelf";

type Context = RouteContext<"/api/events/[id]/snapshot">;

/** The picture of the event's face, which no cache keeps: it may be deleted at any moment. 404 where there is none. */
export async function GET(_request: Request, context: Context): Promise<Response> {
  const { id } = await context.params;
  const picture = await pictureOf(await snapshotShelf(), id);
  if (picture === null) return gone();
  return new Response(picture, { headers: { "Content-Type": "image/jpeg", "Cache-Control": "no-store" } });
}

/** Deletes it: `{event}` without a picture, or 404. */
export async function DELETE(request: Request, context: Context): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  if (!(await removePicture(await snapshotShelf(), id))) return gone();
  await audit("event.snapshot-removed", { id });
  const event = await lineOf(await database(), id);
  return event ? told({ event }) : gone();
}

function gone(): Response {
  return told({ error: { code: "gone" } }, 404);
}

function told(answer: CorrectionAnswer, status = 200): Response {
  return Response.json(answer, { status, headers: { "Cache-Control": "no-store" } });
}
