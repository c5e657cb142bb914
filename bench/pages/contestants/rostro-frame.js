import { createRecognizer } from "/pkg/dist/index.js";

import { people, picture } from "./picture.js";

let recognizer;
let pixels;
let stages;

export async function prepare({ models, picture: url, width, height, enrolled }) {
  recognizer = await createRecognizer({ models });
  const entries = people(enrolled, 128).map((embedding, i) => ({ person_id: String(i), name: `person ${i}`, embedding }));
  for (const model of models) await recognizer.setGallery({ model, entries });
  const canvas = await picture(url, width, height);
  pixels = canvas.getContext("2d").getImageData(0, 0, width, height);
  const { faces, timing } = await recognizer.recognize(pixels);
  stages = Object.fromEntries(Object.keys(timing).map((stage) => [stage, []]));
  return { faces: faces.length };
}

export async function run(times) {
  for (let i = 0; i < times; i++) {
    const { timing } = await recognizer.recognize(pixels);
    for (const stage in stages) stages[stage].push(timing[stage]);
  }
}

/** Milliseconds of each stage, of every run. */
export const told = () => stages;
