/** What is found in a picture, in the shapes that face-api.js gives. */
import { Box, Dimensions, Point, Rect, type IDimensions } from "./geometry.js";

/** A face that was found. */
export class FaceDetection {
  /** How sure the detector is, 0..1. */
  readonly score: number;
  /** The same: a face is the only class there is. */
  readonly classScore: number;
  readonly className = "";
  /** In parts of the picture's size, 0..1. */
  readonly relativeBox: Box;
  /** The size of the picture that it was found in, in pixels. */
  readonly imageDims: Dimensions;

  constructor(score: number, relativeBox: Box, { width, height }: IDimensions) {
    this.score = score;
    this.classScore = score;
    this.relativeBox = relativeBox;
    this.imageDims = new Dimensions(width, height);
  }

  /** In pixels of the picture. */
  get box(): Box {
    return this.relativeBox.rescale(this.imageDims);
  }

  get imageWidth(): number {
    return this.imageDims.width;
  }

  get imageHeight(): number {
    return this.imageDims.height;
  }

  /** The same face in the same picture, shown at another size. */
  forSize(width: number, height: number): FaceDetection {
    return new FaceDetection(this.score, this.relativeBox, { width, height });
  }
}

/**
 * Five points of a face: both eyes, the tip of the nose, both corners of the mouth. face-api.js gives 68; what the other
 * 63 would say is an empty list here, never a guess.
 */
export class FaceLandmarks {
  /** In parts of the picture's size, 0..1. */
  readonly relativePositions: readonly Point[];
  readonly imageDims: Dimensions;
  /** Always at the picture's corner: points are of the whole picture. */
  readonly shift = new Point(0, 0);

  constructor(relativePositions: readonly Point[], { width, height }: IDimensions) {
    this.relativePositions = relativePositions;
    this.imageDims = new Dimensions(width, height);
  }

  /** In pixels of the picture. */
  get positions(): Point[] {
    const { width, height } = this.imageDims;
    return this.relativePositions.map((point) => point.mul(new Point(width, height)));
  }

  get imageWidth(): number {
    return this.imageDims.width;
  }

  get imageHeight(): number {
    return this.imageDims.height;
  }

  /** The same points in the same picture, shown at another size. */
  forSize(width: number, height: number): FaceLandmarks {
    return new FaceLandmarks(this.relativePositions, { width, height });
  }

  /** The middle of the eye on the left of the picture, as face-api.js names it. */
  getLeftEye(): Point[] {
    return this.positions.slice(0, 1);
  }

  /** The middle of the eye on the right of the picture. */
  getRightEye(): Point[] {
    return this.positions.slice(1, 2);
  }

  /** Its tip. */
  getNose(): Point[] {
    return this.positions.slice(2, 3);
  }

  /** Its corners, that on the left of the picture first. */
  getMouth(): Point[] {
    return this.positions.slice(3, 5);
  }

  /** Not among the five: empty. */
  getJawOutline(): Point[] {
    return [];
  }

  /** Not among the five: empty. */
  getLeftEyeBrow(): Point[] {
    return [];
  }

  /** Not among the five: empty. */
  getRightEyeBrow(): Point[] {
    return [];
  }
}

/** With where the face is. */
export interface WithFaceDetection {
  readonly detection: FaceDetection;
}

/** With its points. */
export interface WithFaceLandmarks {
  readonly landmarks: FaceLandmarks;
  /** The same. */
  readonly unshiftedLandmarks: FaceLandmarks;
  /** Where the face is: the engine aligns by its points, not by a box. */
  readonly alignedRect: FaceDetection;
}

/** With its embedding. */
export interface WithFaceDescriptor {
  /** 128 numbers of `dlib-resnet-v1`. Biometric data. */
  readonly descriptor: Float32Array;
}

/** The same result in the same picture, shown at another size; lists one by one. */
export function resizeResults<T>(results: T, dimensions: IDimensions): T {
  const { width, height } = new Dimensions(dimensions.width, dimensions.height);
  return resized(results, width, height) as T;
}

function resized(result: unknown, width: number, height: number): unknown {
  if (Array.isArray(result)) return result.map((one: unknown) => resized(one, width, height));
  if (result instanceof FaceDetection || result instanceof FaceLandmarks) return result.forSize(width, height);
  if (typeof result !== "object" || result === null || !("detection" in result)) return result;
  const parts = Object.entries(result).map(([name, part]) => [name, resizedPart(part, width, height)]);
  return Object.fromEntries(parts);
}

function resizedPart(part: unknown, width: number, height: number): unknown {
  return part instanceof FaceDetection || part instanceof FaceLandmarks ? part.forSize(width, height) : part;
}

/** A part of the picture's size out of pixels. */
export function relativeBox(box: { top: number; right: number; bottom: number; left: number }, dims: IDimensions): Box {
  const { top, right, bottom, left } = box;
  return new Rect(
    left / dims.width,
    top / dims.height,
    (right - left) / dims.width,
    (bottom - top) / dims.height,
  );
}
