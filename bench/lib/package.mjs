/** What the npm package consists of. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Model files and builds of the WebAssembly in the package at `folder`, by id, as it describes them itself. */
export async function contents(folder) {
  const { MODEL_FILES, FILES_OF, DEFAULT_MODEL } = await import(pathToFileURL(join(folder, "dist/generated/models.js")));
  const { WASM_BUILDS } = await import(pathToFileURL(join(folder, "wasm/builds.js")));
  return { models: MODEL_FILES, wasm: WASM_BUILDS, byDefault: FILES_OF[DEFAULT_MODEL] };
}
