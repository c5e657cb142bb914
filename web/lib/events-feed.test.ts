import { describe, expect, it } from "vitest";

import type { EventLine } from "@/db/detections";

import { EVENTS_PAGE, eventsAnswer, movedOn } from "./events-feed";

const line = (sequence: number): EventLine => ({
  id: `e${sequence}`,
  sequence,
  name: null,
  client: null,
  status: "UNKNOWN",
  confidence: null,
  cameraName: "Cámara web",
  occurredAt: "2026-11-22T10:00:00.000Z",
  correction: null,
  snapshot: null,
});

describe("eventsAnswer", () => {
  it.each([
    ["skips what does not pass", [line(3)], 9, 9],
    ["skips all where nothing passes", [], 9, 9],
    ["keeps what came between the two questions", [line(10)], 9, 10],
    ["begins at 0", [], 0, 0],
  ])("%s", (_, events, head, cursor) => {
    expect(eventsAnswer(events, head)).toEqual({ events, cursor });
  });

  it("skips nothing that may be behind a full page", () => {
    const events = Array.from({ length: EVENTS_PAGE }, (_, index) => line(EVENTS_PAGE - index));
    expect(eventsAnswer(events, 900).cursor).toBe(EVENTS_PAGE);
  });
});

describe("movedOn", () => {
  const at = { after: 5, cursor: 5, againUntil: 0 };

  it("asks again for what has just arrived, for a while", () => {
    const arrived = movedOn(at, 6, true, 1_000);
    expect(arrived).toMatchObject({ after: 5, cursor: 6 });
    const waiting = movedOn(arrived, 6, false, 10_999);
    expect(waiting).toMatchObject({ after: 5, cursor: 6 });
    expect(movedOn(waiting, 7, false, 11_000)).toMatchObject({ after: 7, cursor: 7 });
  });

  it("goes on at once where nothing arrived", () => {
    expect(movedOn(at, 9, false, 1_000)).toMatchObject({ after: 9, cursor: 9 });
  });

  it("never stays so far behind that a page would not reach what is new", () => {
    expect(movedOn(at, 5 + EVENTS_PAGE, true, 1_000)).toMatchObject({ after: 5 + EVENTS_PAGE });
    expect(movedOn(at, 4 + EVENTS_PAGE, true, 1_000)).toMatchObject({ after: 5 });
  });
});
