import { database } from "@/db/database";
import { eventPages } from "@/db/detections";
import { readFilters } from "@/lib/event-filters";
import { EXPORT_MAX, eventsCsv, isTimeZone } from "@/lib/events-csv";
import { dictionary } from "@/lib/i18n";
import { textStream } from "@/lib/text-stream";
import { visitorLocale } from "@/lib/visitor";

/**
 * The events that pass the events page's filters as a file for spreadsheets, in the visitor's language, newest first, at
 * most {@link EXPORT_MAX}. `?zone=` is the time zone to write times in, UTC unless said. 400 names what makes no sense.
 */
export async function GET(request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const { filters, wrong } = readFilters(searchParams);
  const timeZone = searchParams.get("zone") ?? "UTC";
  const problems = [...wrong, ...(isTimeZone(timeZone) ? [] : ["zone"])];
  if (problems.length > 0) {
    return Response.json({ error: { code: "invalid-filter", filters: problems } }, { status: 400 });
  }
  const [db, locale] = await Promise.all([database(), visitorLocale()]);
  const pages = eventPages(db, filters);
  const pieces = eventsCsv(pages, { t: dictionary(locale), locale, timeZone, max: EXPORT_MAX });
  return new Response(textStream(pieces), {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="rostro-${new Date().toISOString().slice(0, 10)}.csv"`,
      "Cache-Control": "no-store",
    },
  });
}
