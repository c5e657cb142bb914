import { describe, RostroError } from "./errors.js";
import type { FileProgress, ModelSource } from "./protocol.js";

/** Checks a file's bytes and keeps them for the engine; throws `model-unavailable` when they are not the file's. */
export type Accept = (id: string, bytes: Uint8Array) => void;

/** Name of this package's cache in the Cache API. */
const CACHE_NAME = "rostro-models";

/** Model files kept between visits under their sha256, or nothing where the browser has no Cache API for this page. */
export class FileCache {
  readonly #cache: Cache | undefined;

  private constructor(cache: Cache | undefined) {
    this.#cache = cache;
  }

  /** Opens the cache; one that keeps nothing if `wanted` is false, the page is not secure, or storage is forbidden. */
  static async open(wanted: boolean): Promise<FileCache> {
    if (!wanted || !("caches" in globalThis)) return new FileCache(undefined);
    return new FileCache(await caches.open(CACHE_NAME).catch(() => undefined));
  }

  /** The bytes kept under `sha256`, unchecked. */
  async get(sha256: string): Promise<Uint8Array | undefined> {
    const response = await this.#cache?.match(key(sha256)).catch(() => undefined);
    return response === undefined ? undefined : new Uint8Array(await response.arrayBuffer());
  }

  /** Keeps checked bytes. A full disk is no error: the file is fetched again next time. */
  async put(sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const headers = { "content-type": "application/octet-stream", "content-length": String(bytes.byteLength) };
    await this.#cache?.put(key(sha256), new Response(bytes, { headers })).catch(() => undefined);
  }

  /** Forgets what is kept under `sha256`. */
  async drop(sha256: string): Promise<void> {
    await this.#cache?.delete(key(sha256)).catch(() => undefined);
  }

  /** Forgets every file but those of `current`: those of older versions. */
  async dropAllBut(current: readonly string[]): Promise<void> {
    const kept = new Set(current.map(key));
    const stale = (await this.#cache?.keys().catch(() => []))?.filter((request) => !kept.has(request.url)) ?? [];
    await Promise.all(stale.map((request) => this.#cache?.delete(request).catch(() => false)));
  }
}

/** The Cache API wants http addresses; nothing is ever fetched from this one. */
function key(sha256: string): string {
  return `https://models.rostro.invalid/${sha256}`;
}

/**
 * Gets one file from the cache or its address and hands it to `accept`. A kept file that is not what it should be is
 * dropped and fetched again; a fetched one that is not rejects with `model-unavailable`.
 */
export async function obtain(
  source: ModelSource,
  cache: FileCache,
  accept: Promise<Accept>,
  onProgress: (progress: FileProgress) => void,
): Promise<void> {
  const { id, file, sha256, bytes: totalBytes } = source;
  const kept = await cache.get(sha256);
  if (kept !== undefined && isAccepted(await accept, id, kept)) {
    onProgress({ file, loadedBytes: totalBytes, totalBytes, source: "cache" });
    return;
  }
  if (kept !== undefined) await cache.drop(sha256);
  const bytes = await download(source, onProgress);
  (await accept)(id, bytes);
  await cache.put(sha256, bytes);
}

function isAccepted(accept: Accept, id: string, bytes: Uint8Array): boolean {
  try {
    accept(id, bytes);
    return true;
  } catch (error) {
    if (describe(error).code === "model-unavailable") return false;
    throw error;
  }
}

async function download(
  { file, url, bytes: totalBytes }: ModelSource,
  onProgress: (progress: FileProgress) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const body = (await fetched(url, `model file ${file}`)).body;
  if (body === null) throw new RostroError("fetch-failed", `the model file ${file} came without a body`);
  const reader = body.getReader();
  // A file that is longer than it should be is cut off here, and then refused for its checksum.
  const bytes = new Uint8Array(totalBytes + 1);
  let loadedBytes = 0;
  onProgress({ file, loadedBytes, totalBytes, source: "network" });
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const part = chunk.value.subarray(0, bytes.length - loadedBytes);
      bytes.set(part, loadedBytes);
      loadedBytes += part.length;
      onProgress({ file, loadedBytes: Math.min(loadedBytes, totalBytes), totalBytes, source: "network" });
      if (loadedBytes === bytes.length) break;
    }
  } catch (cause) {
    throw new RostroError("fetch-failed", `the model file ${file} could not be fetched to its end`, { cause });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  return bytes.slice(0, loadedBytes);
}

/** The answer to a fetch that succeeded; any other rejects with `fetch-failed` and says `what` was wanted. */
export async function fetched(url: string | URL, what: string): Promise<Response> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new RostroError("fetch-failed", `the ${what} could not be fetched: no answer`, { cause });
  });
  if (!response.ok) {
    throw new RostroError("fetch-failed", `the ${what} could not be fetched: HTTP status ${response.status}`);
  }
  return response;
}
