/** A visit to a page: from the first line of its script to the first recognised face. */
import { people, picture } from "./picture.js";

let recognizer;
let pixels;

export async function prepare({ picture: url, width, height, enrolled }) {
  pixels = (await picture(url, width, height)).getContext("2d").getImageData(0, 0, width, height);
  const entries = people(enrolled, 128).map((embedding, i) => ({ person_id: String(i), name: `person ${i}`, embedding }));
  const told = [];
  const begun = performance.now();
  const { createRecognizer, DEFAULT_MODEL } = await import("/pkg/dist/index.js");
  recognizer = await createRecognizer({
    gallery: { model: DEFAULT_MODEL, entries },
    onProgress: ({ loadedBytes, totalBytes }) => told.push([performance.now() - begun, loadedBytes / totalBytes]),
  });
  const readyMs = performance.now() - begun;
  const { faces } = await recognizer.recognize(pixels);
  const ms = performance.now() - begun;
  if (!faces[0]?.match) throw new Error("no face was recognised");
  return { ms, readyMs, loadTiming: recognizer.loadTiming, build: recognizer.build, progress: told.length, longestSilenceMs: longestSilence(told) };
}

/** The longest time in which no progress was told, until the last byte was here. */
function longestSilence(told) {
  const times = [0, ...told.map(([ms]) => ms)];
  return Math.max(...times.slice(1).map((ms, i) => ms - times[i]));
}

export async function run(times) {
  for (let i = 0; i < times; i++) await recognizer.recognize(pixels);
}
