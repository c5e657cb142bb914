import { describe, expect, it } from "vitest";

import { jpegSize } from "./jpeg";

const START = [0xff, 0xd8];
const END = [0xff, 0xd9];
/** A segment: its marker, and as many bytes as its length says. */
const segment = (marker: number, ...body: number[]) => [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body];
const APP0 = segment(0xe0, 0x4a, 0x46, 0x49, 0x46, 0);
const frame = (width: number, height: number, marker = 0xc0) =>
  segment(marker, 8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, 0x22, 0);
const SCAN = [...segment(0xda, 3, 1, 0), 0x12, 0x34];

const of = (...parts: number[][]) => Uint8Array.from(parts.flat());

describe("jpegSize", () => {
  it.each([
    ["baseline", of(START, APP0, frame(256, 300), SCAN, END)],
    ["progressive, after a table", of(START, APP0, segment(0xc4, 1, 2, 3), frame(256, 300, 0xc2), SCAN, END)],
  ])("reads the size: %s", (_, bytes) => {
    expect(jpegSize(bytes)).toEqual({ width: 256, height: 300 });
  });

  it("reads it wherever the bytes lie", () => {
    const whole = of([1, 2, 3], START, frame(9, 7), SCAN, END);
    expect(jpegSize(whole.subarray(3))).toEqual({ width: 9, height: 7 });
  });

  it.each([
    ["nothing", of()],
    ["a beginning and an end", of(START, END)],
    ["no beginning", of(APP0, frame(9, 7), SCAN, END)],
    ["cut off", of(START, APP0, frame(9, 7), SCAN)],
    ["a scan before any frame", of(START, APP0, SCAN, frame(9, 7), END)],
    ["a segment that is longer than the file", of(START, [0xff, 0xe0, 0xff, 0xff], frame(9, 7), END)],
    ["a segment of no length", of(START, [0xff, 0xe0, 0, 0], frame(9, 7), SCAN, END)],
    ["no markers", of(START, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], END)],
    ["a PNG", of([0x89, 0x50, 0x4e, 0x47], Array<number>(60).fill(0))],
    ["a page", new TextEncoder().encode("<!doctype html><script>alert(1)</script>")],
  ])("is null for %s", (_, bytes) => {
    expect(jpegSize(bytes)).toBeNull();
  });
});
