import { describe, expect, it } from "vitest";

import { samplesMissing } from "./enrolment";
import { newestProblem, problemOf, thumbnailSquare } from "./sample-check";

describe("problemOf", () => {
  it.each([
    [[], null],
    [["no-face"], "noFace"],
    [["too-dark", "blurred"], "tooDark"],
  ] as const)("%j", (faults, problem) => {
    expect(problemOf(faults)).toBe(problem);
  });
});

describe("newestProblem", () => {
  it.each([
    ["nothing", [], [], null],
    ["an earlier pair that is the same", [[0, 1]], [], null],
    ["the same as an earlier one", [[0, 2]], [], "nearIdentical"],
    ["unlike the others", [], [2], "otherPerson"],
    ["an earlier one that is unlike", [], [0], null],
  ] as const)("%s", (_, pairs, odd, problem) => {
    const nearIdentical = pairs.map(([a, b]): [number, number] => [a, b]);
    expect(newestProblem({ nearIdentical, odd: [...odd] }, 3)).toBe(problem);
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
