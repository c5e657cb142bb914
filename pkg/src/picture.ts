import { RostroError } from "./errors.js";
import type { Picture } from "./protocol.js";

/** Whatever a picture can be taken from. It stays the caller's: nothing is closed or emptied. */
export type PictureSource =
  | HTMLVideoElement
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | ImageData
  | VideoFrame
  | Blob;

/** Takes the picture that `source` shows now, without reading its pixels on this thread. */
export async function capture(source: PictureSource): Promise<{ picture: Picture; transfer: Transferable[] }> {
  if (source instanceof ImageData) {
    const rgba = new Uint8ClampedArray(source.data);
    return { picture: { type: "pixels", rgba, width: source.width, height: source.height }, transfer: [rgba.buffer] };
  }
  if (source instanceof HTMLVideoElement && source.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
    throw new RostroError("invalid-image", "the video shows no frame yet");
  }
  try {
    if (source instanceof HTMLImageElement) await source.decode();
    const bitmap = await createImageBitmap(source);
    return { picture: { type: "bitmap", bitmap }, transfer: [bitmap] };
  } catch (cause) {
    throw new RostroError("invalid-image", "no picture can be taken from this source", { cause });
  }
}
