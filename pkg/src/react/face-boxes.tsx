import type { Recognition } from "../recognizer.js";
import { whoIs, type Identity } from "../who.js";
import type { Face, FaceBox } from "../../wasm/rostro_wasm.js";
import { confidenceText } from "./confidence.js";
import { useLabels, type Labels, type Locale } from "./labels.js";
import { useStyles } from "./styles.js";

/** What {@link FaceBoxes} is given. */
export interface FaceBoxesProps {
  readonly faces: readonly Pick<Face, "box" | "trackId" | "match" | "decision">[];
  /** Size of the frame that the boxes lie in, in pixels. */
  readonly frame: Recognition["frame"];
  /** Whether the picture is shown mirrored. */
  readonly mirrored?: boolean | undefined;
  readonly locale?: Locale | undefined;
  readonly labels?: Partial<Labels> | undefined;
}

/** Part of the frame's height that a name needs above its face. */
const LABEL_ROOM = 0.09;

/**
 * Frames and names over a picture, for a box that has the picture's size, such as {@link CameraView}'s children. The boxes
 * are mirrored with it; the names stay readable.
 */
export function FaceBoxes({ faces, frame, mirrored = false, locale, labels: replaced }: FaceBoxesProps) {
  useStyles();
  const labels = useLabels(locale, replaced);
  return faces.map((face, index) => {
    const box = mirrored ? mirroredBox(face.box, frame) : face.box;
    const who = whoIs(face);
    return (
      <div
        key={face.trackId ?? `place ${index}`}
        className="rostro rostro-face"
        data-outcome={who.outcome}
        data-name={who.name ?? ""}
        data-label={box.top < frame.height * LABEL_ROOM ? "below" : "above"}
        data-side={box.left + box.right > frame.width ? "right" : "left"}
        style={{
          left: percent(box.left, frame.width),
          top: percent(box.top, frame.height),
          width: percent(box.right - box.left, frame.width),
          height: percent(box.bottom - box.top, frame.height),
        }}
      >
        <span className="rostro-name">
          {nameOf(who, labels)}
          {who.confidence !== null && (
            <span className="rostro-confidence">{confidenceText(who.confidence, locale)}</span>
          )}
        </span>
      </div>
    );
  });
}

/** What stands over a face. */
export function nameOf({ outcome, name }: Pick<Identity, "outcome" | "name">, labels: Labels): string {
  switch (outcome) {
    case "known":
      return name ?? labels.unknown;
    case "undecided":
      return labels.looking;
    case "not-sure":
      return labels.notSure;
    case "unsearched":
      return labels.notLookedUp;
    case "unknown":
      return labels.unknown;
  }
}

/** Where `box` is in the frame's mirror image. */
export function mirroredBox(box: FaceBox, frame: Recognition["frame"]): FaceBox {
  return { ...box, left: frame.width - box.right, right: frame.width - box.left };
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(2)}%`;
}
