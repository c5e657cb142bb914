/** From pictures of a person to the samples that they are enrolled with. */
import { rostroError } from "./errors.js";
import type { PictureSource } from "./picture.js";
import type { Recognizer } from "./recognizer.js";
import type { Face, PictureFault, SampleCheck } from "../wasm/rostro_wasm.js";

/** A face that somebody is enrolled with: what `LocalGallery.add` and the relay's `enrol` take. */
export interface Sample {
  /** The model that made the embedding. */
  readonly model: string;
  /** 128 numbers. Biometric data. */
  readonly embedding: Float32Array;
}

/** Why a picture made no sample. */
export type SampleFault = PictureFault | "near-identical" | "other-person" | "unreadable";

/** A picture that made no sample. */
export interface RefusedPicture {
  /** Its place among those that were given. */
  readonly index: number;
  /** Why: the most important reason. */
  readonly fault: SampleFault;
}

/** What came of pictures of a person. */
export interface TakenSamples {
  /** One of every model that the recogniser runs for each good picture, in their order. */
  readonly samples: readonly Sample[];
  /** The pictures that made none. */
  readonly refused: readonly RefusedPicture[];
  /** Somebody of the recogniser's gallery who looks the same; `null` where nobody does. */
  readonly alreadyEnrolled: SampleCheck["alreadyEnrolled"];
}

/** What of a recogniser takes samples. */
export type SampleTaker = Pick<Recognizer, "recognize" | "checkSamples">;

/**
 * Takes samples of one person out of `pictures`: those that show one good face, that is no near copy of one before and
 * looks like the others. `except` is the person's id, where they are enrolled already.
 *
 * Rejects only where the recogniser cannot work; a bad picture is among `refused`.
 */
export async function takeSamples(
  recognizer: SampleTaker,
  pictures: readonly PictureSource[],
  options: { except?: string; signal?: AbortSignal } = {},
): Promise<TakenSamples> {
  const faces: Face[] = [];
  const refused: RefusedPicture[] = [];
  for (const [index, picture] of pictures.entries()) {
    const seen = await look(recognizer, picture, options.signal);
    const fault = typeof seen === "string" ? seen : await misfit(recognizer, [...faces, seen]);
    if (fault !== null) refused.push({ index, fault });
    else if (typeof seen !== "string") faces.push(seen);
  }
  const alreadyEnrolled = await lookalike(recognizer, faces.map(embeddingsOf), options.except);
  return { samples: faces.flatMap(embeddingsOf), refused, alreadyEnrolled };
}

/** What is wrong with the newest of these faces of one person, the rest of which go together. */
export async function misfit(
  recognizer: Pick<SampleTaker, "checkSamples">,
  faces: readonly Pick<Face, "model" | "embedding">[],
): Promise<"near-identical" | "other-person" | null> {
  const newest = faces.at(-1);
  if (newest === undefined) return null;
  const comparable = faces.filter(({ model }) => model === newest.model);
  const vectors = comparable.map(({ embedding }) => embedding);
  const { nearIdentical, odd } = await recognizer.checkSamples(newest.model, vectors);
  if (odd.includes(vectors.length - 1)) return "other-person";
  return nearIdentical.some(([, later]) => later === vectors.length - 1) ? "near-identical" : null;
}

/**
 * Somebody of the gallery, other than `except`, who looks the same as these samples of one person, each by every model; by
 * the first model in which there is one.
 */
export async function lookalike(
  recognizer: Pick<SampleTaker, "checkSamples">,
  samples: readonly (readonly Sample[])[],
  except?: string,
): Promise<SampleCheck["alreadyEnrolled"]> {
  const all = samples.flat();
  for (const model of new Set(all.map((sample) => sample.model))) {
    const vectors = all.filter((sample) => sample.model === model).map(({ embedding }) => embedding);
    const { alreadyEnrolled } = await recognizer.checkSamples(model, vectors, except === undefined ? {} : { except });
    if (alreadyEnrolled !== null) return alreadyEnrolled;
  }
  return null;
}

/** A face's embeddings, one of each model, the preferred one first. */
export function embeddingsOf({ model, embedding, otherEmbeddings }: Face): Sample[] {
  return [{ model, embedding }, ...otherEmbeddings];
}

async function look(
  recognizer: SampleTaker,
  picture: PictureSource,
  signal: AbortSignal | undefined,
): Promise<Face | SampleFault> {
  try {
    const { faces, pictureFaults } = await recognizer.recognize(picture, { signal });
    return pictureFaults[0] ?? faces[0] ?? "no-face";
  } catch (error) {
    const known = rostroError(error);
    if (known.code === "invalid-image" || known.code === "too-large") return "unreadable";
    throw known;
  }
}
