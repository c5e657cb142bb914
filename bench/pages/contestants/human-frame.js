import { Human } from "/modules/@vladmandic/human/dist/human.esm.js";

import { picture } from "./picture.js";

const off = { enabled: false };
let human;
let canvas;

export async function prepare({ picture: url, width, height }) {
  human = new Human({
    backend: "wasm",
    wasmPath: "/modules/@tensorflow/tfjs-backend-wasm/dist/",
    modelBasePath: "/modules/@vladmandic/human/models/",
    cacheSensitivity: 0,
    warmup: "none",
    debug: false,
    filter: off,
    gesture: off,
    body: off,
    hand: off,
    object: off,
    segmentation: off,
    face: {
      enabled: true,
      detector: { rotation: false, skipFrames: 0, skipTime: 0 },
      mesh: off,
      attention: off,
      iris: off,
      emotion: off,
      antispoof: off,
      liveness: off,
      description: { enabled: true, skipFrames: 0, skipTime: 0 },
    },
  });
  await human.load();
  canvas = await picture(url, width, height);
  const { face } = await human.detect(canvas);
  if (!face[0]?.embedding) throw new Error("human describes no face");
  return { faces: face.length, backend: human.tf.getBackend() };
}

/** Detection and description. Looking the face up among others is left out, as for face-api. */
export async function run(times) {
  for (let i = 0; i < times; i++) await human.detect(canvas);
}

/** Milliseconds of the last run, as the library tells them. */
export const told = () => human.performance;
