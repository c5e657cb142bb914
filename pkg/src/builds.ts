/** Which build of the WebAssembly module a browser runs. */
import { WASM_BUILDS, type WasmBuild } from "../wasm/builds.js";
import { absolute } from "./address.js";
import { RostroError } from "./errors.js";
import type { RecognizerOptions } from "./index.js";
import type { WasmSource } from "./protocol.js";

/** A module of one function that gives a vector: header, type, function, and up to the function's own bytes. */
const HEADER = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10];
/** `i32.const 0`, `i8x16.splat`. */
const ZEROS = [65, 0, 253, 15];

/** What each build needs beside plain WebAssembly, the fastest first. */
const PROBES: readonly [WasmBuild, Uint8Array<ArrayBuffer>][] = [
  // f32x4.relaxed_madd
  ["relaxed-simd", new Uint8Array([...HEADER, 19, 1, 17, 0, ...ZEROS, ...ZEROS, ...ZEROS, 253, 133, 2, 11])],
  ["simd", new Uint8Array([...HEADER, 8, 1, 6, 0, ...ZEROS, 11])],
];

/** The fastest build that this browser can run. */
export function bestBuild(): WasmBuild {
  if (!("WebAssembly" in globalThis)) return "plain";
  return PROBES.find(([, probe]) => WebAssembly.validate(probe))?.[0] ?? "plain";
}

/** The module that the options ask for. */
export function wasmSource(asked: RecognizerOptions["build"], wasmUrl: RecognizerOptions["wasmUrl"]): WasmSource {
  const isOneFile = wasmUrl !== undefined && typeof wasmUrl !== "function";
  const build = asked !== undefined && asked !== "auto" ? asked : isOneFile ? "simd" : bestBuild();
  if (!Object.hasOwn(WASM_BUILDS, build)) {
    const message = `there is no build of that name, but ${Object.keys(WASM_BUILDS).join(", ")}`;
    throw new RostroError("invalid-request", message, { field: "build" });
  }
  const { file, bytes, sha256, url } = WASM_BUILDS[build];
  const place = isOneFile ? wasmUrl : wasmUrl?.(file, build);
  return { build, file, bytes, sha256, url: place === undefined ? url().href : absolute(place) };
}

/** The sha256 of every build. */
export function sha256OfEveryBuild(): string[] {
  return Object.values(WASM_BUILDS).map((build) => build.sha256);
}
