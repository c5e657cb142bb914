import { database } from "@/db/database";
import { listEvents } from "@/db/detections";
import type { EventsAnswer } from "@/lib/events-feed";

/** `?after=` and `?before=` are cursors, `?limit=` counts events. Newest first. */
export async function GET(request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const [after, before, limit] = ["after", "before", "limit"].map((name) => wholeNumber(searchParams.get(name)));
  const answer: EventsAnswer = { events: await listEvents(await database(), { after, before, limit }) };
  return Response.json(answer, { headers: { "Cache-Control": "no-store" } });
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/u.test(text) ? Number(text) : undefined;
}
