import { expect, it } from "vitest";

import { Attempts, ATTEMPTS, WINDOW_MS } from "./attempts";

it("refuses after so many failures, for a while, that address alone", () => {
  const attempts = new Attempts();
  for (let failure = 0; failure < ATTEMPTS; failure++) {
    expect(attempts.isSpent("ana@example.org", failure)).toBe(false);
    attempts.failed("ana@example.org", failure);
  }
  expect(attempts.isSpent("ana@example.org", ATTEMPTS)).toBe(true);
  expect(attempts.isSpent("eva@example.org", ATTEMPTS)).toBe(false);
  expect(attempts.isSpent("ana@example.org", WINDOW_MS)).toBe(false);
});

it("forgets failures once somebody is in", () => {
  const attempts = new Attempts();
  for (let failure = 0; failure < ATTEMPTS; failure++) attempts.failed("ana@example.org", 0);
  attempts.succeeded("ana@example.org");
  expect(attempts.isSpent("ana@example.org", 0)).toBe(false);
});

it("stays small, whatever addresses are made up", () => {
  const attempts = new Attempts();
  for (let failure = 0; failure < ATTEMPTS; failure++) attempts.failed("first@example.org", 0);
  for (let made = 0; made < 20_000; made++) attempts.failed(`${made}@example.org`, 0);
  expect(attempts.isSpent("first@example.org", 0)).toBe(false);
});
