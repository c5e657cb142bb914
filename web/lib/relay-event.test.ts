import type { RelayEvent } from "rostro/relay";
import { describe, expect, it } from "vitest";

import { findRelayEvent, type Sighting } from "./relay-event";

const BOX = { top: 1, right: 4, bottom: 3, left: 2 };
const START = Date.parse("2026-11-22T09:00:00Z");

/** The event of that id: one each minute, all of Ana at the same place. */
function event(id: number, over: Partial<RelayEvent["face"]> = {}): RelayEvent {
  return {
    id,
    capture_id: `capture-${id}`,
    camera_id: "webcam",
    occurred_at: new Date(START + id * 60_000).toISOString(),
    correctable: true,
    face: {
      name: "Ana",
      person_id: "p1",
      distance: 0.4,
      threshold: 0.6,
      model: "sface-2021dec",
      confidence: 0.6,
      verified: "server",
      liveness: "not_checked",
      box: BOX,
      ...over,
    },
  };
}

/** A relay that holds `stored`, and the pages that it was asked for. */
function relay(stored: RelayEvent[]) {
  const asked: (number | undefined)[] = [];
  const newestFirst = stored.toSorted((a, b) => b.id - a.id);
  const pages = async ({ limit, before }: { limit: number; before?: number }) => {
    asked.push(before);
    return newestFirst.filter(({ id }) => before === undefined || id < before).slice(0, limit);
  };
  return { pages, asked };
}

function sighting(id: number, over: Partial<Sighting> = {}): Sighting {
  return { occurredAt: new Date(START + id * 60_000), name: "Ana", box: BOX, ...over };
}

function many(count: number): RelayEvent[] {
  return Array.from({ length: count }, (_, id) => event(id + 1));
}

describe("findRelayEvent", () => {
  it.each([
    ["the newest", 900, 1],
    ["one of the second page", 650, 2],
    ["the oldest", 1, 5],
  ])("finds %s", async (_, id, pages) => {
    const { pages: ask, asked } = relay(many(900));
    expect((await findRelayEvent(ask, sighting(id)))?.id).toBe(id);
    expect(asked).toHaveLength(pages);
  });

  it.each([
    ["another moment", { occurredAt: new Date(START + 90_000) }],
    ["another name", { name: "Luis" }],
    ["another place", { box: { ...BOX, left: 3 } }],
    ["no place", { box: null }],
  ])("finds nothing by %s", async (_, over) => {
    expect(await findRelayEvent(relay(many(3)).pages, sighting(2, over))).toBeNull();
  });

  it("tells two faces of one capture apart by their place", async () => {
    const other = { ...BOX, left: 0 };
    const { pages } = relay([event(1), { ...event(2, { box: other }), occurred_at: event(1).occurred_at }]);
    expect((await findRelayEvent(pages, sighting(1, { box: other })))?.id).toBe(2);
  });

  it("gives up where all are long before it, without asking for the rest", async () => {
    const { pages, asked } = relay(many(900));
    expect(await findRelayEvent(pages, sighting(900 + 61 + 1))).toBeNull();
    expect(asked).toHaveLength(1);
  });
});
