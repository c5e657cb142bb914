/** How many faces were seen in each of the last hours. */
import { and, gte, lt, sql, type SQL } from "drizzle-orm";

import { hoursBefore, withEmptyHours, type HourCount } from "@/lib/hours";

import type { Database } from "./database";
import { hourOf } from "./dialect";
import { detectionEvents } from "./schema";

const HOUR_MS = 3_600_000;

/** The last 24 hours of the clock, the one of `now` among them, oldest first; none is left out. */
export async function detectionsPerHour(database: Database, now: Date): Promise<HourCount[]> {
  const hours = hoursBefore(now);
  const [first, last] = [hours[0] ?? 0, hours.at(-1) ?? 0];
  const hour = hourOf(detectionEvents.occurredAt);
  const counted = await database
    .select({
      hour,
      known: countWhere(sql`${detectionEvents.status} <> 'UNKNOWN'`),
      unknown: countWhere(sql`${detectionEvents.status} = 'UNKNOWN'`),
    })
    .from(detectionEvents)
    .where(
      and(
        gte(detectionEvents.occurredAt, new Date(first)),
        lt(detectionEvents.occurredAt, new Date(last + HOUR_MS)),
      ),
    )
    .groupBy(hour);
  return withEmptyHours(hours, counted);
}

/** How many of the rows that are grouped are so. */
export function countWhere(condition: SQL): SQL<number> {
  return sql`sum(case when ${condition} then 1 else 0 end)`.mapWith(Number);
}
