import type { Claim } from "../generated/Claim.js";
import type { ReportedFace } from "../generated/ReportedFace.js";

/** Bytes that become text in one call. */
const PIECE = 8192;

/** What of a recognised face a report says. Every face that the recogniser gives is one. */
export interface ReportableFace {
  /** In pixels of the frame; rounded to whole ones. */
  readonly box: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number };
  /** The detector's confidence, 0..1. */
  readonly score: number;
  /** Which model made the embedding. */
  readonly model: string;
  /** 128 numbers. */
  readonly embedding: ArrayLike<number>;
  /** Embeddings of the same face by other models: the relay then decides by all of them. */
  readonly otherEmbeddings?: readonly { readonly model: string; readonly embedding: ArrayLike<number> }[];
  /** Whom a local gallery took it for; left out where there was none. */
  readonly match?: { readonly name: string | null; readonly distance: number | null };
}

/** A face as it is reported. The relay measures again; a match is sent along as a claim. */
export function reportedFace(reportable: ReportableFace): ReportedFace {
  const { box, score, model, embedding, otherEmbeddings = [], match } = reportable;
  const { top, right, bottom, left } = box;
  const face = {
    box: { top: Math.round(top), right: Math.round(right), bottom: Math.round(bottom), left: Math.round(left) },
    score,
    model,
    embedding: Array.from(embedding),
    ...(otherEmbeddings.length > 0 && {
      others: otherEmbeddings.map((other) => ({ model: other.model, embedding: Array.from(other.embedding) })),
    }),
  };
  return match === undefined ? face : { ...face, claim: claim(match) };
}

function claim({ name, distance }: NonNullable<ReportableFace["match"]>): Claim {
  return distance === null ? { name } : { name, distance };
}

/** A picture as text. */
export async function dataUrl(picture: Blob): Promise<string> {
  const bytes = new Uint8Array(await picture.arrayBuffer());
  // More arguments at once than this may be too many for a call.
  const pieces = Array.from({ length: Math.ceil(bytes.length / PIECE) }, (_, index) =>
    String.fromCharCode(...bytes.subarray(index * PIECE, (index + 1) * PIECE)),
  );
  return `data:${picture.type};base64,${btoa(pieces.join(""))}`;
}
