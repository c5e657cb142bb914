import { describe, offlineHint, RostroError } from "./errors.js";
import type { FileProgress, FileSource, ModelSource, WasmSource } from "./protocol.js";

/** Resolves once a fetched file is in the cache; nobody needs to wait for that before the file is used. */
export interface Kept {
  readonly kept?: Promise<void>;
}

/** Checks a file's bytes and keeps them for the engine; throws `model-unavailable` when they are not the file's. */
export type Accept = (id: string, bytes: Uint8Array) => void;

/** Name of this package's cache in the Cache API. */
const CACHE_NAME = "rostro-models";

/** Files kept between visits under their sha256, or nothing where the browser has no Cache API for this page. */
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
  async get(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
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

  /** Which kernels the module with that sha256 found to be the fastest here. */
  async choice(sha256: string): Promise<number | undefined> {
    const response = await this.#cache?.match(key(choiceOf(sha256))).catch(() => undefined);
    const choice = response === undefined ? Number.NaN : Number(await response.text());
    return Number.isInteger(choice) ? choice : undefined;
  }

  /** Keeps that choice. */
  async keepChoice(sha256: string, choice: number): Promise<void> {
    await this.#cache?.put(key(choiceOf(sha256)), new Response(String(choice))).catch(() => undefined);
  }

  /** Forgets every file but those of `current`, and what was chosen for others: those of older versions. */
  async dropAllBut(current: readonly string[]): Promise<void> {
    const kept = new Set(current.flatMap((sha256) => [key(sha256), key(choiceOf(sha256))]));
    const stale = (await this.#cache?.keys().catch(() => []))?.filter((request) => !kept.has(request.url)) ?? [];
    await Promise.all(stale.map((request) => this.#cache?.delete(request).catch(() => false)));
  }
}

/** Under what a module's choice of kernels is kept. */
const choiceOf = (sha256: string) => `${sha256}/kernels`;

/** The Cache API wants http addresses; nothing is ever fetched from this one. */
function key(sha256: string): string {
  return `https://models.rostro.invalid/${sha256}`;
}

/**
 * Gets one model file from the cache or its address and hands it to `accept`. A kept file that is not what it should be is
 * dropped and fetched again; a fetched one that is not rejects with `model-unavailable`.
 */
export async function obtain(
  source: ModelSource,
  cache: FileCache,
  accept: Promise<Accept>,
  onProgress: (progress: FileProgress) => void,
): Promise<Kept> {
  const { id, file, sha256, bytes: totalBytes } = source;
  const kept = await cache.get(sha256);
  if (kept !== undefined && isAccepted(await accept, id, kept)) {
    onProgress({ file, loadedBytes: totalBytes, totalBytes, source: "cache" });
    return {};
  }
  if (kept !== undefined) await cache.drop(sha256);
  const bytes = await download(source, onProgress);
  (await accept)(id, bytes);
  return { kept: cache.put(sha256, bytes) };
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
  source: FileSource,
  onProgress: (progress: FileProgress) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  // A file that is longer than it should be is cut off here, and then refused for its checksum.
  const bytes = new Uint8Array(source.bytes + 1);
  let loadedBytes = 0;
  for await (const chunk of arriving(source, onProgress)) {
    const part = chunk.subarray(0, bytes.length - loadedBytes);
    bytes.set(part, loadedBytes);
    loadedBytes += part.length;
    if (loadedBytes === bytes.length) break;
  }
  return bytes.slice(0, loadedBytes);
}

/** The parts of a file as they arrive from the network. */
async function* arriving(
  source: FileSource,
  onProgress: (progress: FileProgress) => void,
  response?: Response,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const { file, url, bytes: totalBytes } = source;
  const body = (response ?? (await fetched(url, `file ${file}`))).body;
  if (body === null) throw new RostroError("fetch-failed", `the file ${file} came without a body`);
  const reader = body.getReader();
  let loadedBytes = 0;
  const report = () => {
    onProgress({ file, loadedBytes: Math.min(loadedBytes, totalBytes), totalBytes, source: "network" });
  };
  report();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      loadedBytes += chunk.value.length;
      report();
      yield chunk.value;
    }
  } catch (cause) {
    throw new RostroError("fetch-failed", `the file ${file} could not be fetched to its end`, { cause });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** What `WebAssembly` begins with. */
const WASM_MAGIC = [0, 97, 115, 109];

/**
 * Gets the WebAssembly module and hands it to `compile`: from the cache as bytes whose checksum is right, else from its
 * address as it arrives, whatever type the server calls it.
 *
 * It goes into the cache only where the server does not let the browser keep it: beside what the browser has kept by itself
 * Chromium keeps its machine code too, which makes a later start half a second shorter.
 */
export async function obtainModule(
  source: WasmSource,
  cache: FileCache,
  compile: (module: Uint8Array<ArrayBuffer> | Response) => Promise<void>,
  onProgress: (progress: FileProgress) => void,
): Promise<Kept> {
  const { file, url, sha256, bytes: totalBytes } = source;
  const kept = await cache.get(sha256);
  if (kept !== undefined && (await hasDigest(kept, sha256))) {
    onProgress({ file, loadedBytes: totalBytes, totalBytes, source: "cache" });
    await compile(kept);
    return {};
  }
  const response = await fetched(url, `file ${file}`);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const arrived = (async () => {
    for await (const part of arriving(source, onProgress, response.clone())) {
      if (parts.length === 0) mustBeWasm(part, file);
      parts.push(part);
    }
  })();
  arrived.catch(() => undefined);
  try {
    await compile(asWasm(response));
  } catch (error) {
    // What is wrong with the file says more than what the compiler says of it.
    await arrived;
    throw error;
  }
  await arrived;
  return isKeptByTheBrowser(response) ? {} : { kept: keepModule(source, cache, parts) };
}

/** `response` as the compiler takes it. */
function asWasm(response: Response): Response {
  const type = "application/wasm";
  if (response.headers.get("content-type")?.trim().toLowerCase() === type) return response;
  return new Response(response.body, { headers: { "content-type": type } });
}

/** Whether the server lets the browser keep the file for some time without asking again. */
function isKeptByTheBrowser(response: Response): boolean {
  const rules = response.headers.get("cache-control") ?? "";
  return /\bmax-age=[1-9]/i.test(rules) && !/\bno-(store|cache)\b/i.test(rules);
}

/** A page in place of the file, as some servers send for what they do not have, is not for the compiler. */
function mustBeWasm(part: Uint8Array, file: string): void {
  if (WASM_MAGIC.some((byte, index) => part[index] !== byte)) {
    throw new RostroError("fetch-failed", `the file ${file} could not be fetched: what came is no WebAssembly module`);
  }
}

async function keepModule({ sha256 }: WasmSource, cache: FileCache, parts: Uint8Array<ArrayBuffer>[]): Promise<void> {
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  if (await hasDigest(bytes, sha256)) await cache.put(sha256, bytes);
}

/** Whether `bytes` have this sha256; `false` where the page is not secure, as then nothing is kept either. */
async function hasDigest(bytes: Uint8Array<ArrayBuffer>, sha256: string): Promise<boolean> {
  if (!("subtle" in crypto)) return false;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

/** The answer to a fetch that succeeded; any other rejects with `fetch-failed` and says `what` was wanted. */
export async function fetched(url: string | URL, what: string): Promise<Response> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new RostroError("fetch-failed", `the ${what} could not be fetched: no answer${offlineHint()}`, { cause });
  });
  if (!response.ok) {
    throw new RostroError("fetch-failed", `the ${what} could not be fetched: HTTP status ${response.status}`);
  }
  return response;
}
