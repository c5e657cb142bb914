import { describe, expect, it } from "vitest";

import { Allowance } from "./allowance";

describe("Allowance", () => {
  it("is so many in so long, and then begins anew", () => {
    const allowance = new Allowance({ count: 2, windowMs: 1_000 });
    expect([0, 500, 999].map((now) => allowance.take("ana", now))).toEqual([true, true, false]);
    expect([1_000, 1_001, 1_002].map((now) => allowance.take("ana", now))).toEqual([true, true, false]);
  });

  it("of one takes nothing from another's", () => {
    const allowance = new Allowance({ count: 1, windowMs: 1_000 });
    expect(["ana", "luis", "ana"].map((key) => allowance.take(key, 0))).toEqual([true, true, false]);
  });
});
