import { describe, expect, it } from "vitest";

import { hoursBefore, sums, withEmptyHours } from "./hours";

describe("hoursBefore", () => {
  it("are the day's, the one that runs now last", () => {
    const hours = hoursBefore(new Date("2026-11-22T10:59:59.999Z")).map((hour) => new Date(hour).toISOString());
    expect(hours).toHaveLength(24);
    expect([hours[0], hours.at(-1)]).toEqual(["2026-11-21T11:00:00.000Z", "2026-11-22T10:00:00.000Z"]);
  });
});

describe("withEmptyHours", () => {
  it("leaves no hour out, and nothing else in", () => {
    const counted = [
      { hour: 2, known: 3, unknown: 1 },
      { hour: 9, known: 8, unknown: 8 },
    ];
    const counts = withEmptyHours([1, 2], counted);
    expect(counts).toEqual([{ hour: 1, known: 0, unknown: 0 }, counted[0]]);
    expect(sums(counts)).toEqual({ known: 3, unknown: 1 });
  });
});
