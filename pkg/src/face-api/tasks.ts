/** `detectSingleFace(…).withFaceLandmarks().withFaceDescriptor()`: tasks that run when they are awaited. */
import { RostroError } from "../errors.js";
import type { Recognition, Detections } from "../recognizer.js";
import type { DetectedFace, Face } from "../../wasm/rostro_wasm.js";
import { notOffered, recognizer } from "./engine.js";
import { Point } from "./geometry.js";
import { resolveInput, type NetInput } from "./media.js";
import {
  FaceDetection,
  FaceLandmarks,
  relativeBox,
  type WithFaceDescriptor,
  type WithFaceDetection,
  type WithFaceLandmarks,
} from "./results.js";

/** Choices for a detection; sizes mean nothing here, as the engine picks them by the picture. */
export interface DetectionOptions {
  /** Least score of a face, 0..1. */
  readonly minScore: number;
  /** The most faces; the surest are taken. */
  readonly maxResults: number;
}

/** Choices of face-api's small detector. */
export class TinyFaceDetectorOptions implements DetectionOptions {
  /** Not used: the engine picks the size by the picture. */
  readonly inputSize: number;
  readonly scoreThreshold: number;
  readonly maxResults = Number.POSITIVE_INFINITY;

  constructor({ inputSize = 416, scoreThreshold = 0.5 }: { inputSize?: number; scoreThreshold?: number } = {}) {
    this.inputSize = inputSize;
    this.scoreThreshold = scoreThreshold;
  }

  get minScore(): number {
    return this.scoreThreshold;
  }
}

/** Choices of face-api's large detector. */
export class SsdMobilenetv1Options implements DetectionOptions {
  readonly minConfidence: number;
  readonly maxResults: number;

  constructor({ minConfidence = 0.5, maxResults = 100 }: { minConfidence?: number; maxResults?: number } = {}) {
    this.minConfidence = minConfidence;
    this.maxResults = maxResults;
  }

  get minScore(): number {
    return this.minConfidence;
  }
}

/** Runs when it is awaited, or by `run`; each time anew. */
export class Task<T> implements PromiseLike<T> {
  readonly #run: () => Promise<T>;

  constructor(run: () => Promise<T>) {
    this.#run = run;
  }

  run(): Promise<T> {
    return this.#run();
  }

  then<A = T, B = never>(
    onFulfilled?: ((result: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#run().then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#run().catch(onRejected);
  }
}

/** A face with its points. */
export type Located = WithFaceDetection & WithFaceLandmarks;
/** A face with its points and its descriptor. */
export type Described = Located & WithFaceDescriptor;

/** A picture, and what of it is wanted. */
interface Wish {
  readonly input: NetInput;
  readonly options: DetectionOptions;
}

/** Where every face is. */
export class DetectAllFacesTask extends Task<FaceDetection[]> {
  readonly #wish: Wish;

  constructor(wish: Wish) {
    super(async () => (await located(wish)).map(({ detection }) => detection));
    this.#wish = wish;
  }

  withFaceLandmarks(_useTiny?: boolean): AllWithLandmarksTask {
    return new AllWithLandmarksTask(this.#wish);
  }

  withFaceExpressions(): never {
    throw notOffered("face expressions");
  }

  withAgeAndGender(): never {
    throw notOffered("age and gender");
  }
}

/** With the points of every face. */
export class AllWithLandmarksTask extends Task<Located[]> {
  readonly #wish: Wish;

  constructor(wish: Wish) {
    super(() => located(wish));
    this.#wish = wish;
  }

  withFaceDescriptors(): Task<Described[]> {
    return new Task(() => described(this.#wish));
  }

  withFaceExpressions(): never {
    throw notOffered("face expressions");
  }

  withAgeAndGender(): never {
    throw notOffered("age and gender");
  }
}

/** Where the surest face is; `undefined` where there is none. */
export class DetectSingleFaceTask extends Task<FaceDetection | undefined> {
  readonly #wish: Wish;

  constructor(wish: Wish) {
    super(async () => surest(await located(wish))?.detection);
    this.#wish = wish;
  }

  withFaceLandmarks(_useTiny?: boolean): SingleWithLandmarksTask {
    return new SingleWithLandmarksTask(this.#wish);
  }

  withFaceExpressions(): never {
    throw notOffered("face expressions");
  }

  withAgeAndGender(): never {
    throw notOffered("age and gender");
  }
}

/** With its points. */
export class SingleWithLandmarksTask extends Task<Located | undefined> {
  readonly #wish: Wish;

  constructor(wish: Wish) {
    super(async () => surest(await located(wish)));
    this.#wish = wish;
  }

  withFaceDescriptor(): Task<Described | undefined> {
    return new Task(async () => surest(await described(this.#wish)));
  }

  withFaceExpressions(): never {
    throw notOffered("face expressions");
  }

  withAgeAndGender(): never {
    throw notOffered("age and gender");
  }
}

/** Finds every face of a picture. */
export function detectAllFaces(
  input: NetInput,
  options: DetectionOptions = new SsdMobilenetv1Options(),
): DetectAllFacesTask {
  return new DetectAllFacesTask({ input, options });
}

/** Finds the surest face of a picture. */
export function detectSingleFace(
  input: NetInput,
  options: DetectionOptions = new SsdMobilenetv1Options(),
): DetectSingleFaceTask {
  return new DetectSingleFaceTask({ input, options });
}

/** The descriptor of the surest face of a picture; rejects with `no-face` where there is none. */
export async function computeFaceDescriptor(input: NetInput): Promise<Float32Array> {
  const { faces } = await (await recognizer()).recognize(resolveInput(input));
  const [face] = [...faces].sort((a, b) => b.score - a.score);
  if (face === undefined) throw new RostroError("no-face", "no face was found in the picture");
  return face.embedding;
}

async function located({ input, options }: Wish): Promise<Located[]> {
  const found = await (await recognizer()).detect(resolveInput(input));
  return taken(found.faces, options).map((face) => shaped(face, found.frame));
}

async function described({ input, options }: Wish): Promise<Described[]> {
  const found = await (await recognizer()).recognize(resolveInput(input));
  return taken(found.faces, options).map((face: Face) => ({ ...shaped(face, found.frame), descriptor: face.embedding }));
}

function taken<F extends DetectedFace>(faces: readonly F[], { minScore, maxResults }: DetectionOptions): F[] {
  const sure = faces.filter(({ score }) => score >= minScore);
  return sure.sort((a, b) => b.score - a.score).slice(0, maxResults);
}

function surest<R extends WithFaceDetection>([first]: readonly R[]): R | undefined {
  return first;
}

function shaped(
  { box, score, landmarks }: DetectedFace,
  frame: Recognition["frame"] & Detections["frame"],
): Located {
  const detection = new FaceDetection(score, relativeBox(box, frame), frame);
  const points = landmarks.map(({ x, y }) => new Point(x / frame.width, y / frame.height));
  const placed = new FaceLandmarks(points, frame);
  return { detection, landmarks: placed, unshiftedLandmarks: placed, alignedRect: detection };
}
