import { describe, expect, it } from "vitest";

import { faceOf, readFaceKey, snapshotPath } from "./face-key";

const BOX = { top: 10, right: 200.4, bottom: 180, left: -3 };

it("a box is written in whole pixels", () => {
  expect(faceOf(BOX)).toBe("10,200,180,-3");
});

describe("readFaceKey", () => {
  it("reads what was written", () => {
    const key = { captureId: "019a b&c=d", face: faceOf(BOX) };
    const { searchParams } = new URL(snapshotPath(key, "puerta norte"), "http://localhost");
    expect(readFaceKey(searchParams)).toEqual(key);
    expect(searchParams.get("camera")).toBe("puerta norte");
  });

  it.each([
    ["no capture", "face=1,2,3,4"],
    ["no face", "capture=a"],
    ["three numbers", "capture=a&face=1,2,3"],
    ["five numbers", "capture=a&face=1,2,3,4,5"],
    ["no whole numbers", "capture=a&face=1,2,3,4.5"],
    ["a path", "capture=a&face=../../x"],
    ["an endless id", `capture=${"a".repeat(101)}&face=1,2,3,4`],
  ])("is null for %s", (_, query) => {
    expect(readFaceKey(new URLSearchParams(query))).toBeNull();
  });
});
