import { database } from "@/db/database";
import { listEvents, newestSequence } from "@/db/detections";
import { readFilters } from "@/lib/event-filters";
import { eventsAnswer } from "@/lib/events-feed";

/**
 * `?after=` and `?before=` are cursors, `?limit=` counts events, and the events page's filters hold. Newest first; 400
 * names the filters that make no sense.
 */
export async function GET(request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const [after, before, limit] = ["after", "before", "limit"].map((name) => wholeNumber(searchParams.get(name)));
  const { filters, wrong } = readFilters(searchParams);
  if (wrong.length > 0) return Response.json({ error: { code: "invalid-filter", filters: wrong } }, { status: 400 });
  const db = await database();
  // Asked first: what arrives between the two is looked at the next time.
  const head = await newestSequence(db);
  // Most polls: looking for a person among many events takes a while, and there is nothing new to look at.
  const isNothingNew = after !== undefined && after >= head;
  const events = isNothingNew ? [] : await listEvents(db, { after, before, limit, filters });
  return Response.json(eventsAnswer(events, head), { headers: { "Cache-Control": "no-store" } });
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/u.test(text) ? Number(text) : undefined;
}
