/** A picture of `width` × `height` with the portrait `url` in the middle, on grey: pixels on a canvas. */
export async function picture(url, width, height) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const bitmap = await createImageBitmap(await response.blob());
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#808080";
  context.fillRect(0, 0, width, height);
  const side = Math.min(width / bitmap.width, height / bitmap.height);
  const [w, h] = [bitmap.width * side, bitmap.height * side];
  context.drawImage(bitmap, (width - w) / 2, (height - h) / 2, w, h);
  return canvas;
}

/** Embeddings of `count` people who do not exist, `length` numbers each, of length 1. */
export function people(count, length) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Array.from({ length: count }, () => {
    const vector = Array.from({ length }, random);
    const norm = Math.hypot(...vector);
    return vector.map((value) => value / norm);
  });
}
