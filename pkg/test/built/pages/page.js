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

/** The picture `image` as a canvas of `width` × `height`, drawn after `place` has set up the context. */
function canvas(image, [width, height] = [image.naturalWidth, image.naturalHeight], place = () => {}) {
  const made = new OffscreenCanvas(width, height);
  const context = made.getContext("2d", { willReadFrequently: true });
  place(context);
  context.drawImage(image, 0, 0);
  return made;
}

/** What `canvas` shows as a frame in planes of light and colours, as cameras give it: I420, of BT.601's narrow range. */
function planar(canvas) {
  const [width, height] = [canvas.width & ~1, canvas.height & ~1];
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const planes = new Uint8Array((width * height * 3) / 2);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = data.subarray(4 * (y * width + x));
      planes[y * width + x] = 16 + (65.5 * r + 128.6 * g + 25 * b) / 256;
      if (y % 2 > 0 || x % 2 > 0) continue;
      const colour = width * height + (y * width) / 4 + x / 2;
      planes[colour] = 128 + (-37.8 * r - 74.2 * g + 112 * b) / 256;
      planes[colour + (width * height) / 4] = 128 + (112 * r - 93.8 * g - 18.2 * b) / 256;
    }
  }
  const colorSpace = { matrix: "smpte170m", primaries: "smpte170m", transfer: "smpte170m", fullRange: false };
  return new VideoFrame(planes, { timestamp: 0, codedWidth: width, codedHeight: height, format: "I420", colorSpace });
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

globalThis.page = { createRecognizer, portrait, frame, canvas, planar, plain, outcome };
