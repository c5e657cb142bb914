/** Which of the relay's events a stored detection came from. The webhook carries no id of it, but all that tells it. */
import type { RelayEvent } from "rostro/relay";

/** Most events that the relay answers at once. */
const PAGE = 200;

/**
 * How far events may be out of their order in time: reports wait for a relay that is away, and cameras' clocks differ.
 */
const SLACK_MS = 3_600_000;

type Box = RelayEvent["face"]["box"];

/** What of an event came with the webhook. */
export interface Sighting {
  occurredAt: Date;
  name: string | null;
  /** Whole pixels of the frame. */
  box: Box | null;
}

/** Asks for events, newest first, older than `before`. */
export type EventPages = (page: { limit: number; before?: number }) => Promise<RelayEvent[]>;

/** The event of that moment, name and place; `null` if the relay has none. Asks page by page, from the newest on. */
export async function findRelayEvent(events: EventPages, sighting: Sighting): Promise<RelayEvent | null> {
  const moment = sighting.occurredAt.getTime();
  let page = await events({ limit: PAGE });
  for (;;) {
    const found = page.find((event) => isOf(event, sighting));
    if (found) return found;
    const oldest = page.at(-1);
    const allOlder = page.every(({ occurred_at }) => Date.parse(occurred_at) < moment - SLACK_MS);
    if (oldest === undefined || page.length < PAGE || allOlder) return null;
    page = await events({ limit: PAGE, before: oldest.id });
  }
}

function isOf({ occurred_at, face }: RelayEvent, { occurredAt, name, box }: Sighting): boolean {
  return (
    box !== null && Date.parse(occurred_at) === occurredAt.getTime() && face.name === name && isSameBox(face.box, box)
  );
}

function isSameBox(a: Box, b: Box): boolean {
  return a.top === b.top && a.right === b.right && a.bottom === b.bottom && a.left === b.left;
}
