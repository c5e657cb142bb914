import { describe, expect, it } from "vitest";

import type { EventLine } from "@/db/detections";

import { isCorrectable, readActualName } from "./corrections";

describe("readActualName", () => {
  it.each([
    ["nobody said who", {}, null],
    ["null", { name: null }, null],
    ["blanks", { name: "  " }, null],
    ["a name", { name: " Luis " }, "Luis"],
    ["a name that is too long", { name: "x".repeat(201) }, undefined],
    ["a number", { name: 3 }, undefined],
    ["no object", "Luis", null],
  ])("%s", (_, body, name) => {
    expect(readActualName(body)).toBe(name);
  });
});

describe("isCorrectable", () => {
  const line: EventLine = {
    id: "e1",
    sequence: 1,
    name: "Ana",
    client: null,
    status: "MATCHED",
    confidence: 0.6,
    cameraName: "webcam",
    occurredAt: "2026-11-22T09:00:00Z",
    correction: null,
    snapshot: null,
  };
  it.each<[string, Partial<EventLine>, boolean]>([
    ["somebody with a record", {}, true],
    ["somebody only the relay knows", { status: "NEW_FACE" }, true],
    ["a stranger", { name: null, status: "UNKNOWN" }, false],
    ["somebody who was forgotten", { name: null }, false],
    ["one that was corrected", { correction: { name: null } }, false],
  ])("%s", (_, over, correctable) => {
    expect(isCorrectable({ ...line, ...over })).toBe(correctable);
  });
});
