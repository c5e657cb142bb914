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

/** How long after an event arrived it is asked for again: its picture may come a moment later, in milliseconds. */
const ASKED_AGAIN_MS = 10_000;

/** Where to go on asking from. */
export interface FeedPosition {
  /** Before this, nothing can change any more that is not asked for. */
  after: number;
  /** What has been looked at. */
  cursor: number;
  /** When `after` may follow `cursor`, in milliseconds. */
  againUntil: number;
}

/** The position after an answer whose cursor is `cursor`, and which brought something new or did not. */
export function movedOn(position: FeedPosition, cursor: number, isNew: boolean, now: number): FeedPosition {
  // A full page has more behind it, which asking for the same again would keep from coming.
  if (cursor - position.after >= EVENTS_PAGE) return { after: cursor, cursor, againUntil: now };
  if (isNew) return { after: position.after, cursor, againUntil: now + ASKED_AGAIN_MS };
  return now < position.againUntil ? { ...position, cursor } : { after: cursor, cursor, againUntil: now };
}

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
