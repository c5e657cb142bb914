/** Which pictures make good samples, and which samples go together. */
import type { PictureFault, SampleCheck } from "rostro";

import type { Box } from "./faces";

/** What is wrong with a picture; each has its hint in the dictionary. */
export type PictureProblem = (typeof PROBLEMS)[PictureFault];

/** Why a picture is no sample; each has its hint in the dictionary. */
export type SampleProblem = PictureProblem | "nearIdentical" | "otherPerson" | "unreadable" | "failed";

const PROBLEMS = {
  "no-face": "noFace",
  "several-faces": "severalFaces",
  "cut-off": "cutOff",
  "too-small": "tooSmall",
  "turned-away": "turnedAway",
  tilted: "tilted",
  "too-dark": "tooDark",
  "too-bright": "tooBright",
  "low-contrast": "lowContrast",
  blurred: "blurred",
  occluded: "occluded",
} as const satisfies Record<PictureFault, string>;

/** The problem to tell of: the most important one. */
export function problemOf([fault]: readonly PictureFault[]): PictureProblem | null {
  return fault === undefined ? null : PROBLEMS[fault];
}

/** Whether the newest of `count` samples may stay, by the check of all of them. */
export function newestProblem(
  { nearIdentical, odd }: Pick<SampleCheck, "nearIdentical" | "odd">,
  count: number,
): "nearIdentical" | "otherPerson" | null {
  const newest = count - 1;
  if (odd.includes(newest)) return "otherPerson";
  return nearIdentical.some(([, later]) => later === newest) ? "nearIdentical" : null;
}

/** The square around a face with some of its surroundings, for a thumbnail; it may reach beyond the frame. */
export function thumbnailSquare(box: Box): { left: number; top: number; side: number } {
  const side = 1.5 * Math.max(box.right - box.left, box.bottom - box.top);
  return { side, left: (box.left + box.right - side) / 2, top: (box.top + box.bottom - side) / 2 };
}
