/** Which events are looked at, as the events page's address says it. */
import { DETECTION_STATUSES, type DetectionStatus } from "@/db/schema/values";

/** Longest name and longest id of a camera that is looked for, in characters. */
const TEXT_MAX_CHARS = 200;

/** The parameters of the address. */
export const FILTER_NAMES = ["person", "status", "camera", "from", "to"] as const;

export type FilterName = (typeof FILTER_NAMES)[number];

/** Events pass that fit everything that is said; `null` says nothing. */
export interface EventFilters {
  /** Part of a name, or a whole e-mail address or document. */
  person: string | null;
  status: DetectionStatus | null;
  /** A camera's id. */
  camera: string | null;
  /** Seen at this time or later, ISO 8601 in UTC. */
  from: string | null;
  /** Seen before this time, ISO 8601 in UTC. */
  to: string | null;
}

export const NO_FILTERS: EventFilters = { person: null, status: null, camera: null, from: null, to: null };

/** What an address says, and which of its parameters make no sense: those are left out. */
export interface ReadFilters {
  filters: EventFilters;
  wrong: FilterName[];
}

/** The filters of an address; other parameters are none of these, and blank ones say nothing. */
export function readFilters(query: URLSearchParams): ReadFilters {
  const wrong = new Set<FilterName>();
  function parameter<T>(name: FilterName, read: (text: string) => T | null): T | null {
    const given = query.getAll(name).map((text) => text.trim());
    const [text = ""] = given;
    if (text === "" && given.length <= 1) return null;
    const value = given.length === 1 ? read(text) : null;
    if (value === null) wrong.add(name);
    return value;
  }
  const filters: EventFilters = {
    person: parameter("person", shortText),
    status: parameter("status", (text) => DETECTION_STATUSES.find((known) => known === text) ?? null),
    camera: parameter("camera", shortText),
    from: parameter("from", instant),
    to: parameter("to", instant),
  };
  if (filters.from !== null && filters.to !== null && filters.from >= filters.to) {
    wrong.add("to");
    filters.to = null;
  }
  return { filters, wrong: FILTER_NAMES.filter((name) => wrong.has(name)) };
}

/** The address's part after the question mark, in one order always; empty where nothing is filtered. */
export function filtersQuery(filters: EventFilters): string {
  const query = new URLSearchParams();
  for (const name of FILTER_NAMES) {
    const value = filters[name];
    if (value !== null) query.set(name, value);
  }
  return query.toString();
}

/** Whether events that arrive from `now` on can pass. */
export function takesNewEvents({ to }: EventFilters, now: Date): boolean {
  return to === null || Date.parse(to) > now.getTime();
}

/** When a day such as `2026-11-22` begins where this runs, ISO 8601 in UTC; `null` for what is no day. */
export function startOfDay(day: string): string | null {
  return localMidnight(day, 0);
}

/** When the day after begins: the end of a range that includes `day`. */
export function endOfDay(day: string): string | null {
  return localMidnight(day, 1);
}

/** The day, where this runs, on which a range begins. */
export function firstDay(from: string): string {
  return localDay(new Date(from));
}

/** The last day, where this runs, that is in a range which ends before `to`. */
export function lastDay(to: string): string {
  return localDay(new Date(Date.parse(to) - 1));
}

function localMidnight(text: string, later: 0 | 1): string | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text) ?? [];
  if (year === undefined || Number(year) < 1000) return null;
  const midnight = new Date(Number(year), Number(month) - 1, Number(day));
  if (localDay(midnight) !== text) return null;
  midnight.setDate(midnight.getDate() + later);
  return midnight.toISOString();
}

function localDay(moment: Date): string {
  const [month, day] = [moment.getMonth() + 1, moment.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${String(moment.getFullYear()).padStart(4, "0")}-${month}-${day}`;
}

function shortText(text: string): string | null {
  return [...text].length <= TEXT_MAX_CHARS ? text : null;
}

/** A moment with its zone, in UTC; years of four digits, so that two of them compare as texts. */
function instant(text: string): string | null {
  const written = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/u.exec(text);
  const moment = new Date(written === null ? Number.NaN : text);
  // 31 February would become 3 March.
  const day = new Date(`${written?.[1]}T00:00:00Z`);
  if (Number.isNaN(moment.getTime()) || Number.isNaN(day.getTime())) return null;
  if (day.toISOString().slice(0, 10) !== written?.[1]) return null;
  const iso = moment.toISOString();
  return /^\d{4}-/u.test(iso) ? iso : null;
}
