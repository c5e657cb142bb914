import { describe, expect, it } from "vitest";

import { kioskAnswer, readDescriptor } from "./kiosk";

const numbers = Array.from({ length: 128 }, (_, index) => index / 1_000);

describe("readDescriptor", () => {
  it("takes 128 numbers", () => {
    expect(readDescriptor({ descriptor: numbers })).toEqual({ ok: true, descriptor: numbers });
  });

  it.each([
    ["nothing", null, "descriptor is required"],
    ["no list", { descriptor: "0.1" }, "descriptor is required"],
    ["too few", { descriptor: numbers.slice(1) }, "descriptor must have 128 numbers, got 127"],
    ["too many", { descriptor: [...numbers, 1] }, "descriptor must have 128 numbers, got 129"],
    ["a text among them", { descriptor: ["1", ...numbers.slice(1)] }, "descriptor must hold finite numbers only"],
    ["a hole", { descriptor: [null, ...numbers.slice(1)] }, "descriptor must hold finite numbers only"],
  ])("says what is wrong: %s", (_, body, message) => {
    expect(readDescriptor(body)).toEqual({ ok: false, message });
  });
});

describe("kioskAnswer", () => {
  const ana = { name: "Ana", clientId: "c1" };
  it.each([
    ["somebody", 0.3125, ana, { recognized: true, clientId: "c1", clientName: "Ana", confidence: 0.69 }],
    ["nobody", 0.81, null, { recognized: false }],
    ["nobody enrolled", null, null, { recognized: false }],
  ])("%s", (_, distance, person, told) => {
    expect(kioskAnswer({ distance, threshold: 0.6 }, person)).toEqual({ ok: true, distance, threshold: 0.6, ...told });
  });
});
