import { vi } from "vitest";
import { Recognizer } from "../../src/recognizer.js";
import type { Face, FaceMatch } from "../../wasm/rostro_wasm.js";
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

/** A face of nobody's. */
export function face(parts: Partial<Face> = {}): Face {
  const point = { x: 0, y: 0 };
  return {
    box: { top: 1.5, right: 20, bottom: 30, left: 4 },
    score: 0.9,
    landmarks: [point, point, point, point, point],
    quality: { score: 0.8, faults: [], hints: [], sharpness: 0.5, brightness: 120, yaw: -4, pitch: 0, roll: 0, sidePx: 90 },
    model: "sface-2021dec",
    embedding: new Float32Array(128).fill(0.25),
    otherEmbeddings: [{ model: "dlib-resnet-v1", embedding: new Float32Array(128).fill(0.5) }],
    ...parts,
  };
}

/** What one look says of a stranger. */
export function match(parts: Partial<FaceMatch> = {}): FaceMatch {
  return {
    outcome: "unknown",
    personId: null,
    name: null,
    distance: 1.3,
    threshold: 1.1,
    model: "sface-2021dec",
    confidence: 0,
    margin: null,
    falseMatchRate: 0.5,
    ...parts,
  };
}
