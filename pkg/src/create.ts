/** Makes a recogniser, wherever its models are. */
import { absolute } from "./address.js";
import { sha256OfEveryBuild, wasmSource } from "./builds.js";
import { RostroError } from "./errors.js";
import { DEFAULT_MODEL, FILES_OF, MODEL_FILES, type ModelFileId, type ModelId } from "./generated/models.js";
import { helpersFor } from "./helpers.js";
import type { LoadProgress } from "./progress.js";
import type { ModelSource } from "./protocol.js";
import { galleriesOf, Recognizer, type Gallery } from "./recognizer.js";
import { spawnWorker } from "./spawn.js";
import type { WasmBuild } from "../wasm/builds.js";

/** Choices for `createRecognizer`; each may be left out. */
export interface RecognizerOptions {
  /** Recognisers that every face is embedded with, the preferred one first. By default `sface-2021dec` alone. */
  models?: readonly ModelId[];
  /** People to look for, one gallery for each model; see {@link Recognizer.setGallery}. */
  gallery?: Gallery | readonly Gallery[];
  /** Told how much of the WebAssembly module and the model files has arrived. */
  onProgress?: (progress: LoadProgress) => void;
  /**
   * Which build of the WebAssembly module is loaded. By default, `auto`, the fastest that the browser can run:
   * `relaxed-simd`, `simd`, or `plain`, which needs neither and takes several times as long.
   */
  build?: "auto" | WasmBuild;
  /**
   * Where the WebAssembly module is served, if not in the package: a function of the file's name, or the address of one
   * file, which is then the build `simd` if `build` names no other. Relative to the page.
   */
  wasmUrl?: string | URL | ((file: string, build: WasmBuild) => string | URL);
  /** Where the model files are served, if not in the package: a folder, or a function of a file's name. */
  modelUrl?: string | URL | ((file: string, id: ModelFileId) => string | URL);
  /** Whether the files may be kept in the browser's Cache API; `true` by default. */
  cache?: boolean;
  /**
   * Longer side of the picture that the detector sees, in pixels: larger finds smaller faces, and takes longer. Left
   * out, each picture is looked at from 320 px, and closer where that finds small faces or none.
   */
  detectorSide?: number;
  /** Least confidence of a detection, 0..1. */
  minScore?: number;
  /**
   * The most further workers that share the faces of a frame, where two or more are to be embedded at once; each takes as
   * much memory as the first, and none is started before it is of use. By default as many as there are cores beyond two,
   * three at most.
   */
  helpers?: number;
  /** Gives the loading up. */
  signal?: AbortSignal;
  /** Makes the worker, for bundlers that cannot: it must run the script `rostro/worker`. */
  worker?: () => Worker;
}

/** Where model files are: a folder, or a function of a file's name. */
export type ModelUrl = NonNullable<RecognizerOptions["modelUrl"]>;

/** Loads the recogniser, with its models from `modelUrl`. */
export async function create(options: RecognizerOptions, modelUrl: ModelUrl): Promise<Recognizer> {
  const models = options.models ?? [DEFAULT_MODEL];
  if (models.length === 0) {
    throw new RostroError("invalid-request", "at least one model is needed", { field: "models" });
  }
  const recognizer = await Recognizer.create(
    {
      load: {
        wasm: wasmSource(options.build, options.wasmUrl),
        files: filesOf(models, modelUrl),
        keep: [...sha256OfEveryBuild(), ...Object.values(MODEL_FILES).map((file) => file.sha256)],
        models,
        cache: options.cache ?? true,
        detectorSide: options.detectorSide,
        minScore: options.minScore,
      },
      spawn: options.worker ?? spawnWorker,
      helpers: helpersOf(options.helpers),
      onProgress: (progress) => options.onProgress?.(progress),
    },
    options.signal,
  );
  try {
    for (const gallery of galleriesOf(options.gallery)) await recognizer.setGallery(gallery);
  } catch (error) {
    recognizer.close();
    throw error;
  }
  return recognizer;
}

function helpersOf(given: number | undefined): number {
  if (given === undefined) return helpersFor(navigator.hardwareConcurrency);
  if (Number.isInteger(given) && given >= 0) return given;
  throw new RostroError("invalid-request", "a number of helpers is a whole number, 0 or more", { field: "helpers" });
}

function filesOf(models: readonly ModelId[], modelUrl: ModelUrl): ModelSource[] {
  const ids = new Set<ModelFileId>(models.flatMap((model) => FILES_OF[model]));
  return [...ids].map((id) => {
    const { file, bytes, sha256 } = MODEL_FILES[id];
    return { id, file, bytes, sha256, url: placed(modelUrl, file, id) };
  });
}

function placed(modelUrl: ModelUrl, file: string, id: ModelFileId): string {
  if (typeof modelUrl === "function") return absolute(modelUrl(file, id));
  const folder = absolute(modelUrl);
  return new URL(file, folder.endsWith("/") ? folder : `${folder}/`).href;
}
