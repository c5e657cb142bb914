/**
 * Why a face should not be enrolled, or is hard to recognise: `cut-off` by the picture's edge, `too-small` (come closer),
 * `turned-away` (look towards the camera), `tilted`, `too-dark`, `too-bright`, `low-contrast`, `blurred`, `occluded` (the
 * detector is unsure though nothing else is wrong: a hint that something may cover the face).
 */
export type QualityFault =
  | "cut-off"
  | "too-small"
  | "turned-away"
  | "tilted"
  | "too-dark"
  | "too-bright"
  | "low-contrast"
  | "blurred"
  | "occluded";

/** Why a picture should not be enrolled: nobody on it, somebody else too, or a poor face. */
export type PictureFault = "no-face" | "several-faces" | QualityFault;
