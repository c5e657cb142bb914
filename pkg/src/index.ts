/**
 * Rostro: face recognition in the browser, in a Web Worker, by Rust compiled to WebAssembly.
 *
 * ```ts
 * const recognizer = await createRecognizer({ onProgress: ({ loadedBytes, totalBytes }) => … });
 * const { faces } = await recognizer.recognize(video);
 * recognizer.close();
 * ```
 *
 * @module
 */
import { create, type RecognizerOptions } from "./create.js";
import { MODEL_URLS } from "./generated/modelUrls.js";
import type { Recognizer } from "./recognizer.js";

export * from "./exports.js";

/**
 * Loads the recogniser in a Web Worker and runs it once; resolves when it is ready.
 *
 * Rejects with a `RostroError`: `model-unavailable` for a model that is altered, `fetch-failed`,
 * `unsupported-browser`, `invalid-request` for options that make no sense, `aborted`.
 */
export function createRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  return create(options, options.modelUrl ?? ((_file, id) => MODEL_URLS[id]()));
}
