/** The events page's list, as it grows at both ends. */
import type { EventLine } from "@/db/detections";

/** `lines` with `arrived` put in, each event once, newest first. */
export function merged(lines: readonly EventLine[], arrived: readonly EventLine[]): EventLine[] {
  const bySequence = new Map([...lines, ...arrived].map((line) => [line.sequence, line]));
  return [...bySequence.values()].toSorted((a, b) => b.sequence - a.sequence);
}

/** The cursor to ask for newer events with; 0 is before all of them. */
export function newest(lines: readonly EventLine[]): number {
  return lines[0]?.sequence ?? 0;
}

/** Most events that one answer holds. Fewer of the older ones means that there are no more. */
export const EVENTS_PAGE = 50;

/** The answer of `GET /api/events`. */
export interface EventsAnswer {
  events: EventLine[];
  /** Where to go on asking with `after`: what is before it has been looked at, whether it passes a filter or not. */
  cursor: number;
}

/** The answer of this app's own for `events` that were read once `head` was the newest of all. */
export function eventsAnswer(events: EventLine[], head: number): EventsAnswer {
  // A full page may have more behind it.
  const isFull = events.length >= EVENTS_PAGE;
  return { events, cursor: isFull ? newest(events) : Math.max(head, newest(events)) };
}
