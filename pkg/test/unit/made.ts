import { vi } from "vitest";
import { Recognizer } from "../../src/recognizer.js";
import { FakeImageData, FakeWorker } from "./fakes.js";

/** What a recogniser is told to load. */
export const load = {
  wasm: { build: "simd" as const, file: "m.wasm", bytes: 30, sha256: "mm", url: "http://localhost/m.wasm" },
  files: [
    { id: "a", file: "a.graph", bytes: 100, sha256: "aa", url: "http://localhost/a.graph" },
    { id: "b", file: "b.graph", bytes: 50, sha256: "bb", url: "http://localhost/b.graph" },
  ],
  keep: ["aa", "bb", "mm"],
  models: ["sface-2021dec"],
  cache: true,
  detectorSide: undefined,
  minScore: undefined,
};

/** A picture of nothing. */
export const picture = new FakeImageData(4, 2);

/** A recogniser whose n-th worker is the n-th of `workers`, and a healthy one after that. */
export async function create({ helpers }: { helpers: number }, ...workers: FakeWorker[]) {
  const spawned: FakeWorker[] = [];
  const onProgress = vi.fn();
  const spawn = () => {
    const worker = workers[spawned.length] ?? new FakeWorker();
    spawned.push(worker);
    return worker;
  };
  return { recognizer: await Recognizer.create({ load, spawn, helpers, onProgress }, undefined), spawned, onProgress };
}
