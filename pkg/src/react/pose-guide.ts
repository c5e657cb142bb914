/** Guides somebody through the poses of an enrolment, and picks the best frame of each. Pure: the clock comes in. */

/** How the head is to be held; left and right are the person's own. */
export type Pose = "front" | "left" | "right";

/** The poses that are asked for, in their order. */
export const POSES: readonly Pose[] = ["front", "left", "right"];

/** Yaw, in degrees to the right of the picture, which is the person's left: from and to. */
const YAW: Record<Pose, readonly [number, number]> = {
  front: [-10, 10],
  left: [13, 38],
  right: [-38, -13],
};

/** How long a pose is held: the best frame of that time is taken. */
export const HOLD_MS = 700;
/** Frames of that time, at least: a slow browser holds longer. */
export const HOLD_FRAMES = 3;
/** A pose that is lost for less than this goes on. */
export const GRACE_MS = 350;

/** The pose that such a face has, if it is one of those that are asked for. */
export function poseOf(yaw: number): Pose | null {
  return POSES.find((pose) => YAW[pose][0] <= yaw && yaw <= YAW[pose][1]) ?? null;
}

/** The next pose that none of these has; `null` when all are there. */
export function nextPose(taken: readonly (Pose | null)[]): Pose | null {
  return POSES.find((pose) => !taken.includes(pose)) ?? null;
}

/** One frame as the guide sees it. */
export interface Glance<T> {
  /** The pose of its one good face; `null` where there is none. */
  pose: Pose | null;
  /** What the frame is worth, 0..1. */
  score: number;
  /** In milliseconds. */
  at: number;
  /** Makes what is kept of the frame; called only for the best so far. */
  keep: () => T;
}

export type Guidance<T> =
  | { kind: "waiting" }
  /** The pose is right; `share` of the time has passed, 0..1. */
  | { kind: "holding"; share: number }
  /** The best frame of the pose. */
  | { kind: "taken"; pose: Pose; best: T };

interface Held<T> {
  pose: Pose;
  since: number;
  seenAt: number;
  frames: number;
  score: number;
  best: T;
}

export class PoseGuide<T> {
  #held: Held<T> | null = null;

  /** Takes in a frame, while `wanted` is asked for. */
  look(wanted: Pose | null, { pose, score, at, keep }: Glance<T>): Guidance<T> {
    const held = this.#held;
    if (held !== null && (held.pose !== wanted || at - held.seenAt > GRACE_MS)) this.#held = null;
    if (wanted === null || pose !== wanted) return this.#guidance(at);
    this.#held = held !== null && this.#held !== null ? better(held, score, at, keep) : begun(wanted, score, at, keep);
    return this.#guidance(at);
  }

  /** Begins the pose anew: what was taken is not wanted. */
  reset(): void {
    this.#held = null;
  }

  #guidance(at: number): Guidance<T> {
    const held = this.#held;
    if (held === null) return { kind: "waiting" };
    const share = Math.min((at - held.since) / HOLD_MS, held.frames / HOLD_FRAMES, 1);
    if (share < 1) return { kind: "holding", share };
    this.#held = null;
    return { kind: "taken", pose: held.pose, best: held.best };
  }
}

function begun<T>(pose: Pose, score: number, at: number, keep: () => T): Held<T> {
  return { pose, since: at, seenAt: at, frames: 1, score, best: keep() };
}

function better<T>(held: Held<T>, score: number, at: number, keep: () => T): Held<T> {
  const next = { ...held, seenAt: at, frames: held.frames + 1 };
  return score > held.score ? { ...next, score, best: keep() } : next;
}
