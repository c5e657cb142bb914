import { describe, expect, it } from "vitest";

import type { EventLine } from "@/db/detections";

import { EVENTS_PAGE, eventsAnswer } from "./events-feed";

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
