/** Boxes, names and points on a canvas, by the names of face-api.js. */
import { Box, type IBoundingBox, type IRect, type Point } from "./geometry.js";
import { contextOf } from "./media.js";
import { FaceDetection, FaceLandmarks, type WithFaceDetection, type WithFaceLandmarks } from "./results.js";

/** What is drawn on: a canvas, its id, or its context. */
export type Canvas = string | HTMLCanvasElement | CanvasRenderingContext2D;

/** Which corner of a text is where it was told to be. */
export enum AnchorPosition {
  TOP_LEFT = "TOP_LEFT",
  TOP_RIGHT = "TOP_RIGHT",
  BOTTOM_LEFT = "BOTTOM_LEFT",
  BOTTOM_RIGHT = "BOTTOM_RIGHT",
}

/** How a text looks; sizes in pixels. */
export interface DrawTextFieldOptions {
  readonly anchorPosition?: AnchorPosition;
  readonly backgroundColor?: string;
  readonly fontColor?: string;
  readonly fontSize?: number;
  readonly fontStyle?: string;
  readonly padding?: number;
}

const TEXT: Required<DrawTextFieldOptions> = {
  anchorPosition: AnchorPosition.TOP_LEFT,
  backgroundColor: "rgba(0, 0, 0, 0.5)",
  fontColor: "rgba(255, 255, 255, 1)",
  fontSize: 14,
  fontStyle: "Georgia",
  padding: 4,
};

/** Lines of text on a ground of their own. */
export class DrawTextField {
  readonly text: readonly string[];
  readonly anchor: { readonly x: number; readonly y: number };
  readonly options: Required<DrawTextFieldOptions>;

  constructor(
    text: string | readonly string[],
    anchor: { readonly x: number; readonly y: number },
    options: DrawTextFieldOptions = {},
  ) {
    this.text = typeof text === "string" ? [text] : text;
    this.anchor = anchor;
    this.options = { ...TEXT, ...options };
  }

  /** Draws it, moved so far that it lies within the canvas. */
  draw(canvas: Canvas): void {
    const context = contextOf(canvas);
    const { anchorPosition, backgroundColor, fontColor, fontSize, fontStyle, padding } = this.options;
    context.font = `${fontSize}px ${fontStyle}`;
    const width = 2 * padding + Math.max(0, ...this.text.map((line) => context.measureText(line).width));
    const height = 2 * padding + this.text.length * fontSize;
    const [down, across] = anchorPosition.split("_");
    const x = within(this.anchor.x - (across === "RIGHT" ? width : 0), context.canvas.width - width);
    const y = within(this.anchor.y - (down === "BOTTOM" ? height : 0), context.canvas.height - height);
    context.fillStyle = backgroundColor;
    context.fillRect(x, y, width, height);
    context.fillStyle = fontColor;
    this.text.forEach((line, index) => context.fillText(line, x + padding, y + padding + (index + 1) * fontSize));
  }
}

/** How a box looks. */
export interface DrawBoxOptions {
  readonly label?: string | undefined;
  readonly boxColor?: string;
  /** In pixels. */
  readonly lineWidth?: number;
  readonly drawLabelOptions?: DrawTextFieldOptions;
}

/** A box, and a label over it. */
export class DrawBox {
  readonly box: Box;
  readonly options: DrawBoxOptions;

  constructor(box: IRect | IBoundingBox, options: DrawBoxOptions = {}) {
    this.box = new Box(box);
    this.options = options;
  }

  draw(canvas: Canvas): void {
    const context = contextOf(canvas);
    const { label, boxColor = "rgba(0, 0, 255, 1)", lineWidth = 2, drawLabelOptions } = this.options;
    const { x, y, width, height } = this.box;
    context.strokeStyle = boxColor;
    context.lineWidth = lineWidth;
    context.strokeRect(x, y, width, height);
    if (!label) return;
    const look = { anchorPosition: AnchorPosition.BOTTOM_LEFT, backgroundColor: boxColor, ...drawLabelOptions };
    new DrawTextField(label, { x: x - lineWidth / 2, y }, look).draw(context);
  }
}

/** A box around each, with its score where it has one. */
export function drawDetections(canvas: Canvas, detections: Drawn | readonly Drawn[]): void {
  for (const one of listed(detections)) {
    const detection = "detection" in one ? one.detection : one;
    const isFace = detection instanceof FaceDetection;
    const label = isFace ? String(Math.floor(detection.score * 100) / 100) : undefined;
    new DrawBox(isFace ? detection.box : detection, { label }).draw(canvas);
  }
}

/** What {@link drawDetections} draws. */
export type Drawn = IRect | IBoundingBox | FaceDetection | WithFaceDetection;

/** How points look. */
export interface DrawFaceLandmarksOptions {
  readonly pointColor?: string;
  /** In pixels. */
  readonly pointSize?: number;
}

/** The points of each. */
export function drawFaceLandmarks(
  canvas: Canvas,
  landmarks: FaceLandmarks | WithFaceLandmarks | readonly (FaceLandmarks | WithFaceLandmarks)[],
  { pointColor = "rgba(255, 0, 255, 1)", pointSize = 2 }: DrawFaceLandmarksOptions = {},
): void {
  const context = contextOf(canvas);
  context.fillStyle = pointColor;
  for (const one of listed(landmarks)) {
    for (const { x, y } of pointsOf(one)) {
      context.beginPath();
      context.arc(x, y, pointSize, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

function pointsOf(one: FaceLandmarks | WithFaceLandmarks): Point[] {
  return one instanceof FaceLandmarks ? one.positions : one.landmarks.positions;
}

function listed<T>(given: T | readonly T[]): readonly T[] {
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}

const within = (at: number, most: number) => Math.max(0, Math.min(at, most));
