/** Recognises a picture with several people in it, with workers that share them. */
import { createRecognizer } from "/pkg/dist/index.js";

import { picture } from "./picture.js";

const COLUMNS = 5;

let recognizer;
let pixels;

export async function prepare({ picture: url, people, helpers, width, height }) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const columns = Math.min(people, COLUMNS);
  const [w, h] = [width / columns, height / Math.ceil(people / columns)];
  const portrait = await picture(url, Math.round(w), Math.round(h));
  for (let i = 0; i < people; i++) context.drawImage(portrait, w * (i % columns), h * Math.floor(i / columns), w, h);
  pixels = context.getImageData(0, 0, width, height);

  let workers = 0;
  recognizer = await createRecognizer({
    helpers,
    worker: () => {
      workers += 1;
      return new Worker("/pkg/dist/worker.js", { type: "module" });
    },
  });
  // The first frame starts the helpers, which then load.
  const { faces } = await recognizer.recognize(pixels);
  await new Promise((done) => setTimeout(done, 3000));
  if (workers !== 1 + helpers) throw new Error(`${workers} workers run instead of ${1 + helpers}`);
  if (faces.length !== people) throw new Error(`${faces.length} faces are found instead of ${people}`);
  return { faces: faces.length };
}

export async function run(times) {
  for (let i = 0; i < times; i++) await recognizer.recognize(pixels);
}
