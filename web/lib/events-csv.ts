/** Events as a file for spreadsheets: what the events page shows, never an embedding, never a picture. */
import type { EventLine } from "@/db/detections";

import { BYTE_ORDER_MARK, csvLine } from "./csv";
import { fill, type Dictionary, type Locale } from "./i18n";

/** Most events in one file. */
export const EXPORT_MAX = 100_000;

export interface CsvOptions {
  t: Dictionary;
  locale: Locale;
  /** An IANA name, such as `Europe/Madrid`, that {@link isTimeZone}. */
  timeZone: string;
  /** Most events; the last line says so where there were more. */
  max: number;
}

/** The file in pieces: the header, then the lines of one page of events after the other. */
export async function* eventsCsv(
  pages: AsyncIterable<EventLine[]>,
  { t, locale, timeZone, max }: CsvOptions,
): AsyncGenerator<string, void> {
  // Where the decimal comma is usual, spreadsheets part cells at semicolons.
  const separator = locale === "es" ? ";" : ",";
  const { columns, truncated } = t.history.csv;
  const format = localTimeFormat(timeZone);
  yield BYTE_ORDER_MARK + csvLine([fill(columns.localTime, { zone: timeZone }), columns.utc, ...textColumns(t)], separator);
  let left = max;
  for await (const page of pages) {
    const lines = page.slice(0, left);
    yield lines.map((line) => csvLine(cells(line, t, format), separator)).join("");
    left -= lines.length;
    if (lines.length < page.length) {
      yield csvLine([fill(truncated, { count: max.toLocaleString(locale) })], separator);
      return;
    }
  }
}

/** Whether `name` is a time zone that can be written in. */
export function isTimeZone(name: string): boolean {
  try {
    localTimeFormat(name);
    return true;
  } catch {
    return false;
  }
}

function textColumns(t: Dictionary): string[] {
  const { columns } = t.history.csv;
  return [
    columns.name,
    columns.status,
    columns.confidence,
    columns.camera,
    columns.client,
    columns.unit,
    columns.corrected,
    columns.actualName,
  ];
}

function cells(line: EventLine, t: Dictionary, format: Intl.DateTimeFormat): (string | number | null)[] {
  const { name, status, confidence, cameraName, occurredAt, client, correction } = line;
  return [
    format.format(new Date(occurredAt)),
    occurredAt,
    name,
    t.events.statuses[status],
    confidence === null || status === "UNKNOWN" ? null : Math.round(confidence * 100),
    cameraName,
    client?.name ?? null,
    client?.unit ?? null,
    correction === null ? null : t.history.csv.yes,
    correction?.name ?? null,
  ];
}

/** Such as `2026-11-22 10:00:00`, which spreadsheets take for a time. */
function localTimeFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
}
