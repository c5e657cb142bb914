// The page under test: no bundler, the package's own files. Tests call what hangs on `globalThis.page`.
import { createRecognizer } from "/dist/index.js";

/** A picture of this package's fixtures on a canvas of its own size. */
async function portrait(name) {
  const image = new Image();
  image.src = `/pictures/${name}`;
  await image.decode();
  return image;
}

/** A frame of 640 × 480 with the picture's `crop` (x, y, side) drawn at `place` (x, y, side). */
function frame(image, crop, place) {
  const canvas = new OffscreenCanvas(640, 480);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "rgb(90 110 130)";
  context.fillRect(0, 0, 640, 480);
  context.drawImage(image, crop[0], crop[1], crop[2], crop[2], place[0], place[1], place[2], place[2]);
  return context.getImageData(0, 0, 640, 480);
}

/** A face as plain JSON. */
function plain(face) {
  return {
    ...face,
    embedding: Array.from(face.embedding),
    otherEmbeddings: face.otherEmbeddings.map((other) => ({ ...other, embedding: Array.from(other.embedding) })),
  };
}

/** The outcome of a promise: `{ value }`, or `{ error: { name, code, message } }`. */
async function outcome(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    const { name, code, message } = error;
    return { error: { name, code, message, isError: error instanceof Error } };
  }
}

globalThis.page = { createRecognizer, portrait, frame, plain, outcome };
