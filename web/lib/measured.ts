/**
 * What was measured of Rostro, as `docs/accuracy` and `docs/performance` of the repository tell it: a test compares them.
 * The figures are of the recogniser that is used unless somebody chose another, SFace.
 */

/** A figure and the row of the documentation that holds it. */
export interface MeasuredFigure {
  value: number;
  /** The row's first cell. */
  row: string;
  /** The documentation's page. */
  page: "accuracy" | "performance";
}

export const MEASURED = {
  /** Share of pairs of pictures that are told right: one person's, or two people's. */
  pairsRight: {
    value: 0.993,
    row: "sface-2021dec: pairs right at the shipped threshold (1.128)",
    page: "accuracy",
  },
  /** Share of one person's pairs that is found where 1 pair of strangers in 10,000 is taken for one person. */
  foundAtOneIn10000: {
    value: 0.9724,
    row: "sface-2021dec: true-match rate at FAR 1e-4",
    page: "accuracy",
  },
  /** Share of pictures of 100 people, enrolled with 3 pictures each, that do not get the right name where 1 stranger in 100 gets one. */
  missedOf100People: {
    value: 0.0035,
    row: "sface-2021dec: not named rightly (FNIR) at FPIR 0.01, 100 people with 3 pictures, 285 probes, 3226 strangers",
    page: "accuracy",
  },
  /** Share of pairs told right of pictures that are badly blurred. */
  blurredPairsRight: {
    value: 0.9567,
    row: "blurred, sigma 3 px: sface-2021dec: pairs right",
    page: "accuracy",
  },
  /** Seconds from opening the page to the first name, where everything was loaded before. */
  firstFaceWarmSeconds: {
    value: 0.3424,
    row: "first recognised face, from warm caches",
    page: "performance",
  },
  /** The same on a first visit, over 20 Mbit/s. */
  firstFaceColdSeconds: {
    value: 3.684,
    row: "first recognised face, from nothing at 20 Mbit/s",
    page: "performance",
  },
  /** Pictures a second with one face that is followed, on one core. */
  framesPerSecond: {
    value: 58.9764,
    row: "640×480, 1 face, followed: frames a second on one core",
    page: "performance",
  },
} as const satisfies Record<string, MeasuredFigure>;

/** A share as so many of `whole`, rounded so that nothing looks better than it is. */
export function outOf(share: number, whole: number): number {
  // What the binary fraction of 0.993 is short of must not cost a whole one.
  return Math.floor(share * whole + 1e-9);
}
