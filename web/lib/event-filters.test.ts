import { describe, expect, it } from "vitest";

import {
  endOfDay,
  filtersQuery,
  firstDay,
  lastDay,
  NO_FILTERS,
  readFilters,
  startOfDay,
  takesNewEvents,
} from "./event-filters";

const read = (query: string) => readFilters(new URLSearchParams(query));

describe("readFilters", () => {
  it("takes what makes sense, times in UTC", () => {
    const times = "from=2026-11-21T23:00Z&to=2026-11-22T09:30:00.5-05:00";
    expect(read(`person=%20Ana%20&status=MATCHED&camera=webcam&${times}`)).toEqual({
      filters: {
        person: "Ana",
        status: "MATCHED",
        camera: "webcam",
        from: "2026-11-21T23:00:00.000Z",
        to: "2026-11-22T14:30:00.500Z",
      },
      wrong: [],
    });
  });

  it("says nothing for what is missing, blank, or another parameter", () => {
    expect(read("")).toEqual({ filters: NO_FILTERS, wrong: [] });
    expect(read("person=&status=%20&camera=&from=&to=&after=7")).toEqual({ filters: NO_FILTERS, wrong: [] });
  });

  it.each([
    ["a status that there is not", "status=matched", ["status"]],
    ["a name that is too long", `person=${"x".repeat(201)}`, ["person"]],
    ["a camera that is too long", `camera=${"x".repeat(201)}`, ["camera"]],
    ["a day without a time", "from=2026-11-22", ["from"]],
    ["a time without a zone", "to=2026-11-22T10:00:00", ["to"]],
    ["words", "from=yesterday", ["from"]],
    ["31 February", "from=2026-02-31T00:00:00Z", ["from"]],
    ["25 o'clock", "to=2026-11-22T25:00:00Z", ["to"]],
    ["a year of six digits", "from=%2B012026-11-22T10:00:00Z", ["from"]],
    ["a time that its zone puts out of the calendar", "to=9999-12-31T23:30:00-01:00", ["to"]],
    ["something twice", "status=MATCHED&status=UNKNOWN", ["status"]],
    ["something blank twice", "person=&person=", ["person"]],
    ["several at once, in their order", "to=soon&person=a&person=b", ["person", "to"]],
  ])("leaves out and names %s", (_, query, wrong) => {
    expect(read(query)).toEqual({ filters: NO_FILTERS, wrong });
  });

  it("leaves out an end that is not after the beginning", () => {
    const from = "2026-11-22T10:00:00.000Z";
    for (const to of ["2026-11-22T10:00:00Z", "2026-11-22T09:00:00Z"]) {
      expect(read(`from=${from}&to=${to}`)).toEqual({ filters: { ...NO_FILTERS, from }, wrong: ["to"] });
    }
  });
});

describe("filtersQuery", () => {
  it("is read back as it was", () => {
    const filters = { ...NO_FILTERS, person: "Núñez & Co = 1%", from: "2026-11-22T10:00:00.000Z" };
    expect(read(filtersQuery(filters))).toEqual({ filters, wrong: [] });
  });

  it("is empty for no filters", () => {
    expect(filtersQuery(NO_FILTERS)).toBe("");
  });
});

describe("takesNewEvents", () => {
  const now = new Date("2026-11-22T10:00:00Z");
  it.each([
    [null, true],
    ["2026-11-22T10:00:00.001Z", true],
    ["2026-11-22T10:00:00.000Z", false],
    ["2026-11-21T23:00:00.000Z", false],
  ])("until %s: %s", (to, expected) => {
    expect(takesNewEvents({ ...NO_FILTERS, from: "2020-01-01T00:00:00.000Z", to }, now)).toBe(expected);
  });
});

describe("days of the visitor's zone", () => {
  it.each(["2026-11-22", "2026-03-29", "2026-10-25", "2028-02-29", "2026-12-31"])("%s is there and back", (day) => {
    const [start, end] = [startOfDay(day), endOfDay(day)];
    if (start === null || end === null) throw new Error("that is a day");
    expect(firstDay(start)).toBe(day);
    expect(lastDay(end)).toBe(day);
    // 23 and 25 hours are those of the days on which clocks are changed.
    expect([23, 24, 25]).toContain((Date.parse(end) - Date.parse(start)) / 3_600_000);
  });

  it.each(["", "2026-02-29", "2026-13-01", "22/11/2026", "0026-11-22", "12026-11-22"])("«%s» is none", (day) => {
    expect([startOfDay(day), endOfDay(day)]).toEqual([null, null]);
  });
});
