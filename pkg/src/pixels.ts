/** From a picture to its pixels, in the worker. */
import { RostroError } from "./errors.js";
import type { Picture } from "./protocol.js";

/** A picture's pixels: RGBA, rows from the top. */
export type Pixels = Pick<ImageData, "data" | "width" | "height">;

/** Reads pictures one after another, into memory that it keeps. */
export class PixelReader {
  #canvas: OffscreenCanvasRenderingContext2D | undefined;
  #buffer = new Uint8ClampedArray();

  /** The pixels of `picture`, which is used up; they hold until the next picture is read. */
  async read(picture: Picture): Promise<Pixels> {
    switch (picture.type) {
      case "pixels":
        return { data: picture.rgba, width: picture.width, height: picture.height };
      case "bitmap":
        return closing(picture.bitmap, (bitmap) => this.#draw(bitmap, bitmap.width, bitmap.height));
      case "frame":
        return closing(picture.frame, (frame) => this.#copy(frame));
    }
  }

  async #copy(frame: VideoFrame): Promise<Pixels> {
    const { displayWidth: width, displayHeight: height } = frame;
    const format = { format: "RGBA", colorSpace: "srgb" } as const;
    const length = 4 * width * height;
    if (this.#buffer.length !== length) this.#buffer = new Uint8ClampedArray(length);
    try {
      await frame.copyTo(this.#buffer, { ...format, layout: [{ offset: 0, stride: 4 * width }] });
      return { data: this.#buffer, width, height };
    } catch {
      // Not every frame can be converted so, above all what lies in the memory of a graphics card.
      return this.#draw(frame, width, height);
    }
  }

  #draw(source: ImageBitmap | VideoFrame, width: number, height: number): Pixels {
    this.#canvas ??= context(width, height);
    const { canvas } = this.#canvas;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    // Without this, the transparent parts of a picture would show the one before.
    this.#canvas.globalCompositeOperation = "copy";
    this.#canvas.drawImage(source, 0, 0);
    return this.#canvas.getImageData(0, 0, width, height);
  }
}

async function closing<T extends ImageBitmap | VideoFrame>(
  source: T,
  read: (source: T) => Pixels | Promise<Pixels>,
): Promise<Pixels> {
  try {
    return await read(source);
  } finally {
    source.close();
  }
}

function context(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const made = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (made === null) throw new RostroError("unsupported-browser", "this browser gives a worker no canvas");
  return made;
}
