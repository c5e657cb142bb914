import { describe, expect, it } from "vitest";

import { moved, RATES, readDecision, readPersonChange, readSettingsChange, withChosen } from "./relay-choices";

describe("readSettingsChange", () => {
  it.each([
    ["a rate", { stranger_named_one_in: 10_000 }],
    ["nobody's choice", { stranger_named_one_in: null }],
    ["days", { correctable_days: 0 }],
    ["a policy", { upgrade: "ask" }],
    ["all of them", { stranger_named_one_in: 10, correctable_days: 366, upgrade: "off" }],
  ])("takes %s", (_, change) => {
    expect(readSettingsChange(change)).toEqual(change);
  });

  it("leaves out what it does not know", () => {
    expect(readSettingsChange({ correctable_days: 7, threshold: 2 })).toEqual({ correctable_days: 7 });
  });

  it.each([
    ["nothing", {}],
    ["no object", "off"],
    ["a rate that is too loose", { stranger_named_one_in: 9 }],
    ["a rate that is too strict", { stranger_named_one_in: 100_000_001 }],
    ["half a day", { correctable_days: 0.5 }],
    ["days before today", { correctable_days: -1 }],
    ["too many days", { correctable_days: 367 }],
    ["another policy", { upgrade: "always" }],
    ["one good and one bad", { upgrade: "ask", correctable_days: "7" }],
  ])("refuses %s", (_, change) => {
    expect(readSettingsChange(change)).toBeNull();
  });
});

describe("readPersonChange", () => {
  it.each([
    ["a rate", { stranger_named_one_in: 1_000_000 }, { stranger_named_one_in: 1_000_000 }],
    ["everybody's rate", { stranger_named_one_in: null }, { stranger_named_one_in: null }],
    ["nothing", {}, null],
    ["a word", { stranger_named_one_in: "strict" }, null],
  ])("%s", (_, body, change) => {
    expect(readPersonChange(body)).toEqual(change);
  });
});

describe("readDecision", () => {
  it.each([
    [{ decision: "accept" }, "accept"],
    [{ decision: "refuse" }, "refuse"],
    [{ decision: "later" }, null],
    [null, null],
  ])("%j", (body, decision) => {
    expect(readDecision(body)).toBe(decision);
  });
});

describe("withChosen", () => {
  it.each([
    ["one that is offered", 100, [100, 1_000, 10_000, 100_000]],
    ["none", null, [100, 1_000, 10_000, 100_000]],
    ["one that is not", 5_000, [100, 1_000, 5_000, 10_000, 100_000]],
  ])("%s", (_, chosen, rates) => {
    expect(withChosen(RATES, chosen)).toEqual(rates);
  });
});

describe("moved", () => {
  it("counts people, not encodings", () => {
    const counts = { dlib_only: 3, both: 2, sface_only: 5, derived_encodings: 6 };
    expect(moved({ policy: "ask", proposals: [], ...counts })).toEqual({ done: 7, total: 10 });
  });
});
