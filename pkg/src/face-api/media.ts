/** Pictures of the page, as face-api.js takes them. */
import { RostroError } from "../errors.js";
import type { PictureSource } from "../picture.js";
import { Dimensions, type IDimensions } from "./geometry.js";

/** An element, or its id. */
export type NetInput = string | PictureSource;

/** Elements that have a size of their own. */
export type Media = HTMLImageElement | HTMLVideoElement | HTMLCanvasElement;

/** The element that is meant. */
export function resolveInput(input: NetInput): PictureSource {
  if (typeof input !== "string") return input;
  const element = document.getElementById(input);
  const isPicture = [HTMLImageElement, HTMLVideoElement, HTMLCanvasElement].some((kind) => element instanceof kind);
  if (!isPicture) throw new RostroError("invalid-request", `there is no picture with the id ${input}`);
  return element as Media;
}

/** The canvas that is meant. */
export function canvasOf(canvas: string | HTMLCanvasElement): HTMLCanvasElement {
  const element = typeof canvas === "string" ? document.getElementById(canvas) : canvas;
  if (element instanceof HTMLCanvasElement) return element;
  throw new RostroError("invalid-request", "there is no such canvas");
}

/** What is drawn with on that canvas. */
export function contextOf(canvas: string | HTMLCanvasElement | CanvasRenderingContext2D): CanvasRenderingContext2D {
  if (canvas instanceof CanvasRenderingContext2D) return canvas;
  const context = canvasOf(canvas).getContext("2d");
  if (context === null) throw new RostroError("unsupported-browser", "the browser draws on no canvas here");
  return context;
}

/** The size of the picture itself, whatever it is shown at. */
export function getMediaDimensions(media: Media | IDimensions): Dimensions {
  if (media instanceof HTMLImageElement) return new Dimensions(media.naturalWidth, media.naturalHeight);
  if (media instanceof HTMLVideoElement) return new Dimensions(media.videoWidth, media.videoHeight);
  return new Dimensions(media.width, media.height);
}

/** Gives `input`, a canvas for one, the size of `reference`: as it is shown, or with the flag as the picture itself is. */
export function matchDimensions(
  input: { width: number; height: number },
  reference: IDimensions,
  useMediaDimensions = false,
): { width: number; height: number } {
  const { width, height } = useMediaDimensions ? getMediaDimensions(reference) : reference;
  input.width = width;
  input.height = height;
  return { width, height };
}

/** A canvas with the picture on it, as large as the picture or as `dims`. */
export function createCanvasFromMedia(media: Media | ImageData, dims?: IDimensions): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const { width, height } = dims ?? getMediaDimensions(media);
  canvas.width = width;
  canvas.height = height;
  const context = contextOf(canvas);
  if (media instanceof ImageData) context.putImageData(media, 0, 0);
  else context.drawImage(media, 0, 0, width, height);
  return canvas;
}

/** A picture file as an element; rejects with `invalid-image` for what is none. */
export async function bufferToImage(file: Blob): Promise<HTMLImageElement> {
  const address = URL.createObjectURL(file);
  try {
    return await imageAt(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** The picture at an address as an element; rejects with `fetch-failed` or `invalid-image`. */
export async function fetchImage(uri: string): Promise<HTMLImageElement> {
  const response = await fetch(uri).catch((cause: unknown) => {
    throw new RostroError("fetch-failed", `the picture cannot be fetched: ${uri}`, { cause });
  });
  if (!response.ok) throw new RostroError("fetch-failed", `the picture cannot be fetched: HTTP status ${response.status}`);
  return bufferToImage(await response.blob());
}

async function imageAt(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode().catch((cause: unknown) => {
    throw new RostroError("invalid-image", "the file is no picture", { cause });
  });
  return image;
}
