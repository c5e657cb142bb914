import { describe, expect, it } from "vitest";

import { keepsSnapshotOf, NO_SNAPSHOTS, readSnapshotPolicy } from "./policy";

describe("readSnapshotPolicy", () => {
  it.each([
    ["of strangers", { of: "unknown", days: 3 }, { of: "unknown", days: 3 }],
    ["of everybody, for as long as can be", { of: "everybody", days: 90 }, { of: "everybody", days: 90 }],
    ["of nobody", NO_SNAPSHOTS, NO_SNAPSHOTS],
    ["what else is said is left out", { of: "off", days: 1, folder: "/" }, { of: "off", days: 1 }],
    ["for ever", { of: "everybody", days: 91 }, null],
    ["for no time", { of: "everybody", days: 0 }, null],
    ["for half a day", { of: "everybody", days: 0.5 }, null],
    ["a text for days", { of: "everybody", days: "7" }, null],
    ["of whom else", { of: "known", days: 7 }, null],
    ["nothing", null, null],
  ])("%s", (_, body, policy) => {
    expect(readSnapshotPolicy(body)).toEqual(policy);
  });
});

describe("keepsSnapshotOf", () => {
  it.each([
    ["off", "UNKNOWN", false],
    ["off", "MATCHED", false],
    ["unknown", "UNKNOWN", true],
    ["unknown", "MATCHED", false],
    ["unknown", "NEW_FACE", false],
    ["unknown", "MULTIPLE_MATCHES", false],
    ["everybody", "UNKNOWN", true],
    ["everybody", "MATCHED", true],
  ] as const)("%s, %s: %s", (choice, status, kept) => {
    expect(keepsSnapshotOf(choice, status)).toBe(kept);
  });
});
