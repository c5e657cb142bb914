/** Counts by hour, as the status page draws them. */

const HOUR_MS = 3_600_000;

/** Hours that are drawn: a day. */
const HOURS = 24;

export interface HourCount {
  /** When the hour begins, in milliseconds since 1970. */
  hour: number;
  /** Faces that were given a name. */
  known: number;
  /** Faces of nobody who is enrolled. */
  unknown: number;
}

/** When each of the last 24 hours begins, that of `now` last. */
export function hoursBefore(now: Date): number[] {
  const last = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  return Array.from({ length: HOURS }, (_, index) => last - (HOURS - 1 - index) * HOUR_MS);
}

/** One count for each of `hours`, 0 where nothing was counted. */
export function withEmptyHours(hours: readonly number[], counted: readonly HourCount[]): HourCount[] {
  const byHour = new Map(counted.map((count) => [count.hour, count]));
  return hours.map((hour) => byHour.get(hour) ?? { hour, known: 0, unknown: 0 });
}

/** Of all hours together. */
export function sums(counts: readonly HourCount[]): { known: number; unknown: number } {
  return counts.reduce(
    (sum, { known, unknown }) => ({ known: sum.known + known, unknown: sum.unknown + unknown }),
    { known: 0, unknown: 0 },
  );
}

/** When an hour begins, on the clock of where this runs. */
export function hourName(hour: number, locale: string): string {
  return new Date(hour).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}
