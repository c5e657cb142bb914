/** The recogniser's faces, in the few words that the pages use. */
import type { Face, Recognition } from "rostro";
import type { ReportableFace } from "rostro/relay";

import type { Box } from "./sightings";

export interface FoundFace {
  /** Pixels of the frame. */
  box: Box;
  /** `false` while there is no gallery to look in: nobody can say then whether the face is known. */
  lookedUp: boolean;
  /** `null` for somebody unknown. */
  personId: string | null;
  /** `null` for somebody unknown. */
  name: string | null;
  /** 0..1, on the scale where a model's threshold reads 0.4. */
  confidence: number;
  /** The model that `embedding` belongs to: the one that people are enrolled with. */
  model: string;
  /** 128 numbers. */
  embedding: number[];
  /** What a report says of this face, by the model that recognised it. */
  reportable: ReportableFace;
}

/** Every face of a picture, the surest detection first. */
export function facesOf(recognition: Pick<Recognition, "faces">): FoundFace[] {
  return recognition.faces.map((face) => {
    const { box, score, match, model, embedding } = face;
    return {
      box,
      lookedUp: match !== undefined,
      personId: match?.personId ?? null,
      name: match?.name ?? null,
      confidence: match?.confidence ?? 0,
      model,
      embedding: Array.from(embedding),
      reportable: { box, score, ...decisive(face), ...(match && { match }) },
    };
  });
}

/** The embedding by which the face was recognised. The relay measures with the one that it is sent. */
function decisive({ model, embedding, otherEmbeddings, match }: Face): Pick<Face, "model" | "embedding"> {
  const known = match !== undefined && match.personId !== null;
  const other = known ? otherEmbeddings.find((candidate) => candidate.model === match.model) : undefined;
  return other ?? { model, embedding };
}
