/** The one recogniser behind every call, and the names under which face-api.js loads its networks. */
import { RostroError } from "../errors.js";
import { createRecognizer, type RecognizerOptions } from "../index.js";
import type { Recognizer } from "../recognizer.js";

/** Choices for {@link configure}: where files are served, and how the worker is made. */
export type FaceApiOptions = Omit<RecognizerOptions, "models" | "gallery" | "signal">;

let options: FaceApiOptions = {};
let loading: Promise<Recognizer> | undefined;
let loaded = false;

/** Says how the recogniser is loaded; before anything is. Rejects nothing: what is wrong is told by the loading. */
export function configure(chosen: FaceApiOptions): void {
  if (loading !== undefined) throw new RostroError("conflict", "the recogniser is loaded already: close() comes first");
  options = chosen;
}

/** Ends the worker and frees its memory; the next call loads it anew. */
export function close(): void {
  void loading?.then(
    (recognizer) => recognizer.close(),
    () => undefined,
  );
  loading = undefined;
  loaded = false;
}

/** The recogniser, loaded by whoever asks first. A loading that failed is tried again by the next. */
export function recognizer(): Promise<Recognizer> {
  loading ??= createRecognizer({ ...options, models: ["dlib-resnet-v1"] }).then(
    (made) => {
      loaded = true;
      made.onState((state) => state === "closed" && close());
      return made;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** A network of face-api.js by name: loading any of them loads the recogniser. */
export class Net {
  /** Loads the recogniser. The address is where face-api.js has its weights, and is not used: ours come with the package. */
  async load(_weights?: unknown): Promise<void> {
    await recognizer();
  }

  /** As {@link Net.load}. */
  loadFromUri(uri?: string): Promise<void> {
    return this.load(uri);
  }

  get isLoaded(): boolean {
    return loaded;
  }

  /** Something once it is loaded: code looks for that. */
  get params(): object | undefined {
    return loaded ? {} : undefined;
  }

  /** Ends the recogniser, as the other networks are the same. */
  dispose(): void {
    close();
  }
}

/** A network for which there is nothing here. */
export class Missing {
  readonly #what: string;

  constructor(what: string) {
    this.#what = what;
  }

  async load(): Promise<never> {
    throw notOffered(this.#what);
  }

  loadFromUri(): Promise<never> {
    return this.load();
  }

  get isLoaded(): boolean {
    return false;
  }
}

/** The error of what face-api.js has and this has not. */
export function notOffered(what: string): RostroError {
  return new RostroError(
    "invalid-request",
    `${what} are not offered: Rostro recognises people, and guesses no age, gender or mood from a face`,
  );
}

const net = () => new Net();

/** The networks by their names. All of those that are there are one recogniser. */
export const nets = {
  tinyFaceDetector: net(),
  ssdMobilenetv1: net(),
  tinyYolov2: net(),
  faceLandmark68Net: net(),
  faceLandmark68TinyNet: net(),
  faceRecognitionNet: net(),
  faceExpressionNet: new Missing("face expressions"),
  ageGenderNet: new Missing("age and gender"),
};

/** What code asks of TensorFlow.js before it begins; there is none here, and nothing to wait for. */
export const tf = {
  setBackend: async (_name: string) => true,
  ready: async () => undefined,
  getBackend: () => "wasm",
};
