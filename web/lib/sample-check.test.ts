import { describe, expect, it } from "vitest";

import { samplesMissing } from "./enrolment";
import { LEAST_FACE_PX, onlyFace, thumbnailSquare } from "./sample-check";

function face(side: number) {
  return { box: { top: 10, left: 20, bottom: 10 + side, right: 20 + side } };
}

describe("onlyFace", () => {
  it.each([
    ["no face", [], "noFace"],
    ["two faces", [face(200), face(100)], "severalFaces"],
    ["a face far away", [face(LEAST_FACE_PX - 1)], "tooSmall"],
  ] as const)("refuses %s", (_, faces, problem) => {
    expect(onlyFace(faces)).toEqual({ ok: false, problem });
  });

  it("takes one face that is large enough", () => {
    expect(onlyFace([face(LEAST_FACE_PX)])).toEqual({ ok: true, face: face(LEAST_FACE_PX) });
  });
});

describe("thumbnailSquare", () => {
  it("keeps the face in its middle", () => {
    const { left, top, side } = thumbnailSquare({ top: 100, bottom: 300, left: 50, right: 150 });
    expect([left + side / 2, top + side / 2, side]).toEqual([100, 200, 300]);
  });
});

describe("samplesMissing", () => {
  it.each([
    ["nothing yet", [], 3],
    ["one from the camera", ["camera"], 2],
    ["three from the camera", ["camera", "camera", "camera"], 0],
    ["one picture", ["file"], 0],
  ] as const)("%s", (_, sources, missing) => {
    expect(samplesMissing(sources)).toBe(missing);
  });
});
