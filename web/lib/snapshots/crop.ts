/** Small pictures of faces, made in the page. */
import type { ReportSource } from "rostro/react";

import type { FaceBox } from "./face-key";
import { SNAPSHOT_SIDE_PX } from "./limits";

/** How much wider than the face the picture is. */
const SURROUNDINGS = 1.6;
const JPEG_QUALITY = 0.8;

/** The square around a face, in pixels of the frame; it may reach beyond it. */
export function squareAround({ top, right, bottom, left }: FaceBox): { left: number; top: number; side: number } {
  const side = SURROUNDINGS * Math.max(right - left, bottom - top);
  return { side, left: (left + right - side) / 2, top: (top + bottom - side) / 2 };
}

/** Makes pictures of the faces: of a video as it is at this very moment, before this returns. */
export function cropped(source: ReportSource, boxes: readonly FaceBox[]): Promise<(Blob | null)[]> {
  if (source instanceof Blob) return createImageBitmap(source).then((picture) => allOf(picture, boxes));
  return allOf(source, boxes);
}

function allOf(picture: CanvasImageSource, boxes: readonly FaceBox[]): Promise<(Blob | null)[]> {
  return Promise.all(boxes.map((box) => asJpeg(drawn(picture, box))));
}

function drawn(picture: CanvasImageSource, box: FaceBox): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = SNAPSHOT_SIDE_PX;
  canvas.height = SNAPSHOT_SIDE_PX;
  const { left, top, side } = squareAround(box);
  canvas.getContext("2d")?.drawImage(picture, left, top, side, side, 0, 0, SNAPSHOT_SIDE_PX, SNAPSHOT_SIDE_PX);
  return canvas;
}

function asJpeg(canvas: HTMLCanvasElement): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
}
