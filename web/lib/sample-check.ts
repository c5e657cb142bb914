/** Which picture makes a good sample: one face, large enough, of the same person as the samples before. */
import type { Box } from "./faces";

/**
 * A face narrower than this, in pixels, makes a poor sample: less than half of the recogniser's own 112. Somebody at
 * an arm's length and a half from a webcam of 640 by 480 is about 57 wide.
 */
export const LEAST_FACE_PX = 48;

/** Why a picture is no sample; each has its hint in the dictionary. */
export type SampleProblem = "noFace" | "severalFaces" | "tooSmall" | "otherPerson" | "unreadable" | "failed";

export type FaceChoice<F> = { ok: true; face: F } | { ok: false; problem: SampleProblem };

/** The picture's one face. */
export function onlyFace<F extends { box: Box }>(faces: readonly F[]): FaceChoice<F> {
  const [face, ...others] = faces;
  if (face === undefined) return { ok: false, problem: "noFace" };
  if (others.length > 0) return { ok: false, problem: "severalFaces" };
  if (face.box.right - face.box.left < LEAST_FACE_PX) return { ok: false, problem: "tooSmall" };
  return { ok: true, face };
}

/** The square around a face with some of its surroundings, for a thumbnail; it may reach beyond the frame. */
export function thumbnailSquare(box: Box): { left: number; top: number; side: number } {
  const side = 1.5 * Math.max(box.right - box.left, box.bottom - box.top);
  return { side, left: (box.left + box.right - side) / 2, top: (box.top + box.bottom - side) / 2 };
}
