import { expect, it } from "vitest";
import { mayPass, nextPauseMs } from "../../src/relay/retry.js";
import { ERROR_CODES } from "../../src/generated/errorCodes.js";

const limits = { lifetimeMs: 60_000, attempts: 12 };

it("pauses grow, stay within bounds, and end", () => {
  for (const chance of [0, 0.5, 1]) {
    let age = 0;
    let tried = 1;
    let before = 0;
    for (; ; tried += 1) {
      const pause = nextPauseMs(tried, age, chance, limits);
      if (pause === undefined) break;
      expect(pause).toBeGreaterThanOrEqual(before);
      expect(pause).toBeGreaterThanOrEqual(250);
      expect(pause).toBeLessThanOrEqual(15_000);
      before = pause;
      age += pause;
    }
    expect(age).toBeLessThanOrEqual(limits.lifetimeMs);
    expect(tried).toBeLessThanOrEqual(limits.attempts);
  }
});

it("the last try is the last", () => {
  expect(nextPauseMs(12, 0, 0, limits)).toBeUndefined();
  expect(nextPauseMs(1, 60_000, 0, limits)).toBeUndefined();
});

it("only what may pass by itself is tried again", () => {
  expect(ERROR_CODES.filter(mayPass)).toEqual(["busy", "storage-full", "internal", "relay-unreachable"]);
});
