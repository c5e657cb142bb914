/** Small pictures of faces, for whoever takes samples. They stay in the page. */
import type { FaceBox } from "../../wasm/rostro_wasm.js";

const SIDE_PX = 168;

/** The square around a face with some of its surroundings, in pixels; it may reach beyond the frame. */
export function squareAround(box: FaceBox): { left: number; top: number; side: number } {
  const side = 1.5 * Math.max(box.right - box.left, box.bottom - box.top);
  return { side, left: (box.left + box.right - side) / 2, top: (box.top + box.bottom - side) / 2 };
}

/** A small picture of the face in `box`, which is in pixels of `picture`. */
export function thumbnailOf(picture: CanvasImageSource, box: FaceBox): HTMLCanvasElement {
  const { left, top, side } = squareAround(box);
  const canvas = document.createElement("canvas");
  canvas.width = SIDE_PX;
  canvas.height = SIDE_PX;
  canvas.getContext("2d")?.drawImage(picture, left, top, side, side, 0, 0, SIDE_PX, SIDE_PX);
  return canvas;
}

/** An object URL of the canvas as JPEG, which its owner revokes. */
export async function urlOf(canvas: HTMLCanvasElement): Promise<string> {
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", 0.85);
  });
  if (blob === null) throw new Error("the browser made no thumbnail");
  return URL.createObjectURL(blob);
}
