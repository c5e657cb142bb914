/** The recogniser's faces, in the few words that the pages use. */
import type { Recognition } from "rostro";
import type { ReportableFace } from "rostro/relay";

/** In pixels of the frame. */
export interface Box {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** Who a face is: `unsearched` while there is no gallery to look in, `undecided` while too little was seen. */
export type Outcome = "unsearched" | "undecided" | "known" | "unknown" | "not-sure";

export interface FoundFace {
  /** Which face of a followed video it is; `null` for a single picture. */
  trackId: number | null;
  box: Box;
  outcome: Outcome;
  /** `null` unless known. */
  personId: string | null;
  /** `null` unless known. */
  name: string | null;
  /** Whether the latest look at it says the same as all looks together: only then has a report proof to show. */
  agrees: boolean;
  /** The probability that it is that person, 0..1, by the latest look; `null` where that look names nobody. */
  confidence: number | null;
  /** The model that `embedding` belongs to: the one that people are enrolled with. */
  model: string;
  /** 128 numbers. */
  embedding: number[];
  /** What the picture of it is worth, 0..1. */
  quality: number;
  /** Degrees that it is turned to the right of the picture, or to the left below 0. */
  yaw: number;
  /** What a report says of this face. */
  reportable: ReportableFace;
}

/** Every face of a picture, the most prominent first. */
export function facesOf(recognition: Pick<Recognition, "faces">): FoundFace[] {
  return recognition.faces.map((face) => {
    const { box, trackId = null, score, quality, match, decision, model, embedding, otherEmbeddings } = face;
    const { outcome, personId, name } = decision ?? match ?? UNSEARCHED;
    const agrees = match !== undefined && match.outcome === outcome && match.personId === personId;
    return {
      trackId,
      box,
      outcome,
      personId,
      name,
      agrees,
      confidence: agrees && name !== null ? match.confidence : null,
      model,
      embedding: Array.from(embedding),
      quality: quality.score,
      yaw: quality.yaw,
      reportable: { box, score, model, embedding, otherEmbeddings, ...(match && { match }) },
    };
  });
}

const UNSEARCHED = { outcome: "unsearched", personId: null, name: null } as const;
