import { describe, expect, it } from "vitest";

import { GRACE_MS, HOLD_FRAMES, HOLD_MS, nextPose, poseOf, PoseGuide, type Guidance, type Pose } from "../../src/react/pose-guide.js";

describe("poseOf", () => {
  it.each([
    [0, "front"],
    [-9, "front"],
    [20, "left"],
    [-20, "right"],
    [11, null],
    [45, null],
    [-60, null],
  ] as const)("%s degrees", (yaw, pose) => {
    expect(poseOf(yaw)).toBe(pose);
  });
});

describe("nextPose", () => {
  it.each<[readonly (Pose | null)[], Pose | null]>([
    [[], "front"],
    [["front"], "left"],
    [["left", null], "front"],
    [["right", "front", "left"], null],
  ])("after %j", (taken, next) => {
    expect(nextPose(taken)).toBe(next);
  });
});

/** Frames 100 ms apart: their pose and score. What is kept of each is its number. */
function guided(wanted: Pose | null, frames: readonly (readonly [Pose | null, number])[], every = 100) {
  const guide = new PoseGuide<number>();
  return frames.map(
    ([pose, score], number): Guidance<number> =>
      guide.look(wanted, { pose, score, at: number * every, keep: () => number }),
  );
}

const steady = (pose: Pose | null, count: number) => Array.from({ length: count }, () => [pose, 0.5] as const);
const kinds = (guidance: readonly Guidance<number>[]) => guidance.map(({ kind }) => kind);

describe("PoseGuide", () => {
  it("takes the best frame of a pose that is held long enough", () => {
    const frames = [...steady("front", 3), ["front", 0.9] as const, ...steady("front", 4)];
    const answers = guided("front", frames);
    expect(kinds(answers).slice(0, -1)).toEqual(Array(7).fill("holding"));
    expect(answers.at(-1)).toEqual({ kind: "taken", pose: "front", best: 3 });
  });

  it("waits for the pose that is asked for", () => {
    expect(new Set(kinds(guided("left", steady("front", 20))))).toEqual(new Set(["waiting"]));
    expect(new Set(kinds(guided(null, steady("front", 20))))).toEqual(new Set(["waiting"]));
    expect(new Set(kinds(guided("front", steady(null, 20))))).toEqual(new Set(["waiting"]));
  });

  it("bears with a short slip, and begins anew after a long one", () => {
    const slip = (ms: number) => [...steady("front", 4), ...steady(null, ms / 100), ...steady("front", 4)];
    expect(kinds(guided("front", slip(200)))).toContain("taken");
    expect(kinds(guided("front", slip(GRACE_MS + 150)))).not.toContain("taken");
  });

  it("wants several frames, however slow the browser is", () => {
    const answers = guided("front", steady("front", HOLD_FRAMES), GRACE_MS);
    expect(kinds(answers)).toEqual([...Array(HOLD_FRAMES - 1).fill("holding"), "taken"]);
    expect(HOLD_FRAMES * GRACE_MS).toBeGreaterThan(HOLD_MS);
  });

  it("begins anew when it is told so", () => {
    const guide = new PoseGuide<number>();
    const look = (at: number) => guide.look("front", { pose: "front", score: 0.5, at, keep: () => at });
    look(0);
    look(HOLD_MS / 2);
    guide.reset();
    expect(look(HOLD_MS)).toMatchObject({ kind: "holding", share: 0 });
  });
});
