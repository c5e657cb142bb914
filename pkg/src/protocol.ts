/**
 * What the page and the worker say to each other. Each request kind names its answer type; nothing else is sent but
 * the three notices at the end.
 */
import type { ErrorBody } from "./generated/ErrorBody.js";
import type { WasmBuild } from "../wasm/builds.js";
import type { Comparison, DetectedFace, Face, GalleryRule, PictureFault, SampleCheck } from "../wasm/rostro_wasm.js";

/** Request and answer of each kind. */
export interface Protocol {
  /** Loads the module and the models; the first request to a worker, and sent once. */
  load: { request: LoadRequest; answer: LoadTiming };
  /** Recognises every face of one picture. */
  recognize: { request: Picture; answer: WorkerRecognition };
  /** Finds every face of one picture, and embeds none. */
  detect: { request: Picture; answer: WorkerDetections };
  /** Recognises the next frame of a video whose faces are followed. */
  follow: { request: FollowedPicture; answer: WorkerRecognition };
  /** From now on looks at faces for the worker at the port's other end. */
  help: { request: Joined; answer: null };
  /** From now on shares the faces of a frame with the worker at the port's other end, which helps. */
  join: { request: Joined; answer: null };
  /** Replaces the gallery of one model. */
  setGallery: { request: FlatGallery; answer: number };
  /** Compares two embeddings of one model. */
  compare: { request: ComparedPair; answer: Comparison };
  /** Holds samples of one person against each other and against the gallery. */
  checkSamples: { request: Samples; answer: SampleCheck };
}

/** The kinds of request. */
export type Kind = keyof Protocol;

/** A request of kind `K`. */
export interface RequestOf<K extends Kind> {
  readonly id: number;
  readonly kind: K;
  readonly request: Protocol[K]["request"];
}

/** Any request. */
export type Request = { [K in Kind]: RequestOf<K> }[Kind];

/** The answer to a request of kind `K`. */
export interface AnswerOf<K extends Kind> {
  readonly type: "answer";
  readonly id: number;
  readonly kind: K;
  readonly answer: Protocol[K]["answer"];
}

/** A request that failed; the worker goes on. */
export interface Failure {
  readonly type: "failure";
  readonly id: number;
  readonly kind: Kind;
  readonly error: ErrorBody;
}

/** The worker's script runs. */
export interface Started {
  readonly type: "started";
}

/** How far loading is. */
export interface ProgressNotice {
  readonly type: "progress";
  readonly progress: FileProgress;
}

/** The module trapped: its memory cannot be trusted, and the worker has ended itself. */
export interface Trapped {
  readonly type: "trapped";
  readonly message: string;
}

/** Whatever the worker sends. */
export type FromWorker = { [K in Kind]: AnswerOf<K> }[Kind] | Failure | Started | ProgressNotice | Trapped;

/** A file that is loaded, and where to fetch it. */
export interface FileSource {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Absolute. */
  readonly url: string;
}

/** A model file. */
export interface ModelSource extends FileSource {
  readonly id: string;
}

/** The WebAssembly module. */
export interface WasmSource extends FileSource {
  readonly build: WasmBuild;
}

/** What a worker needs to begin. */
export interface LoadRequest {
  /** The module. */
  readonly wasm: WasmSource;
  /** Every file that `models` need. */
  readonly files: readonly ModelSource[];
  /** sha256 of every file of this version, whether it is wanted now or not: what else the cache holds is dropped. */
  readonly keep: readonly string[];
  /** Recognisers to load, the one to prefer first. */
  readonly models: readonly string[];
  /** Whether the Cache API may keep the files. */
  readonly cache: boolean;
  /** Longer side of the detector's input, in pixels; picked by the picture where it is left out. */
  readonly detectorSide: number | undefined;
  /** Least confidence of a detection, 0..1. */
  readonly minScore: number | undefined;
}

/** How long the steps of loading took, in milliseconds. */
export interface LoadTiming {
  /** Fetching the WebAssembly module, or reading it from the cache, and compiling it. */
  readonly moduleMs: number;
  /** Fetching the model files, or reading them from the cache, and checking them; overlaps with the module. */
  readonly filesMs: number;
  /** Building the networks. */
  readonly buildMs: number;
  /** A run of everything on empty pictures. */
  readonly warmUpMs: number;
}

/** How much of one file has arrived. */
export interface FileProgress {
  readonly file: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** Where it comes from. */
  readonly source: "network" | "cache";
}

/** A picture on its way to the worker. */
export type Picture =
  | { readonly type: "bitmap"; readonly bitmap: ImageBitmap }
  | { readonly type: "frame"; readonly frame: VideoFrame }
  | { readonly type: "pixels"; readonly rgba: Uint8ClampedArray<ArrayBuffer>; readonly width: number; readonly height: number };

/** A frame of a video whose faces are followed. */
export interface FollowedPicture {
  /** Tells the videos apart that one recogniser follows. */
  readonly watch: number;
  readonly picture: Picture;
}

/** One end of a channel between two workers. */
export interface Joined {
  readonly port: MessagePort;
}

/** The worker's part of a recognition; all times in milliseconds. */
export interface WorkerRecognition {
  /** How many faces were embedded. */
  readonly looks: number;
  readonly faces: Face[];
  readonly pictureFaults: PictureFault[];
  readonly width: number;
  readonly height: number;
  readonly pixelsMs: number;
  readonly detectMs: number;
  readonly embedMs: number;
}

/** The worker's part of a detection; all times in milliseconds. */
export interface WorkerDetections {
  readonly faces: DetectedFace[];
  readonly pictureFaults: PictureFault[];
  readonly width: number;
  readonly height: number;
  readonly pixelsMs: number;
  readonly detectMs: number;
}

/** Enrolled embeddings of one model, flat. */
export interface FlatGallery {
  readonly model: string;
  /** By what its people are named. */
  readonly rule: GalleryRule;
  readonly ids: string[];
  readonly names: string[];
  /** 128 numbers for each id, in their order. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** For each negative, the person that it is not of. */
  readonly negativeIds: string[];
  /** 128 numbers for each negative, in their order. */
  readonly negativeVectors: Float32Array<ArrayBuffer>;
}

/** Two embeddings to compare. */
export interface ComparedPair {
  readonly model: string;
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly threshold: number | undefined;
}

/** Samples of one person. */
export interface Samples {
  readonly model: string;
  /** 128 numbers for each. */
  readonly vectors: Float32Array;
  /** The person's id, where they are enrolled already. */
  readonly except: string | undefined;
}
