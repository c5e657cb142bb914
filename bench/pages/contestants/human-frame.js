import { Human } from "/modules/@vladmandic/human/dist/human.esm.js";

import { people, picture } from "./picture.js";

const off = { enabled: false };
let human;
let canvas;
let known;

export async function prepare({ picture: url, width, height, enrolled }) {
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
  known = people(enrolled, face[0].embedding.length);
  return { faces: face.length, backend: human.tf.getBackend() };
}

export async function run(times) {
  for (let i = 0; i < times; i++) {
    const { face } = await human.detect(canvas);
    for (const { embedding } of face) human.match.find(embedding, known);
  }
}

/** Milliseconds of the last run, as the library tells them. */
export const told = () => human.performance;
