import { describe, expect, it } from "vitest";

import { lengthOfTime, limitFigures } from "./in-use";

describe("lengthOfTime", () => {
  it.each([
    [604_800, "en", "7 days"],
    [604_800, "es", "7 días"],
    [300, "es", "5 minutos"],
    [90, "en", "90 seconds"],
    [3_600, "es", "1 hora"],
    [0, "es", "0 segundos"],
  ])("%d s in %s is %s", (seconds, locale, text) => {
    expect(lengthOfTime(seconds, locale)).toBe(text);
  });
});

describe("limitFigures", () => {
  it("are the relay's, and the package's own of what waits in a browser", () => {
    const figures = new Map(
      limitFigures({
        cool_down_s: 1,
        report_age_max_s: 2,
        clock_ahead_max_s: 3,
        report_faces_max: 4,
        samples_max: 5,
        picture_max_px: 6_000_000,
        pictures_waiting_max: 7,
        sockets_max: 8,
        webhooks_max: 9,
      }),
    );
    expect([...figures.values()].map(({ value }) => value)).toEqual([1, 2, 60, 100, 3, 4, 5, 6, 7, 8, 9]);
    expect(figures.get("picture")).toEqual({ unit: "megapixels", value: 6 });
  });
});
