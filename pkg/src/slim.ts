/**
 * `rostro` without its models: for apps that serve them from elsewhere, and whose build should not hold them.
 *
 * ```ts
 * const recognizer = await createRecognizer({ modelUrl: "https://models.example/rostro/" });
 * ```
 *
 * @module
 */
import { create, type ModelUrl, type RecognizerOptions } from "./create.js";
import { RostroError } from "./errors.js";
import type { Recognizer } from "./recognizer.js";

export * from "./exports.js";
export type { ModelUrl } from "./create.js";

/** As `createRecognizer` of `rostro`; `modelUrl` says where the files of the package's `models` folder are served. */
export async function createRecognizer(options: RecognizerOptions & { modelUrl: ModelUrl }): Promise<Recognizer> {
  if (options?.modelUrl === undefined) {
    throw new RostroError("invalid-request", "this entry has no models: say where they are", { field: "modelUrl" });
  }
  return create(options, options.modelUrl);
}
