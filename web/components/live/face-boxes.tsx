"use client";

import type { FoundFace, Outcome } from "@/lib/faces";
import type { Dictionary } from "@/lib/i18n/es";
import { mirroredBox, type FrameSize } from "@/lib/overlay";

import { useI18n } from "../i18n-provider";
import { Percentage } from "../percentage";
import styles from "./face-boxes.module.css";

/** A face as it is drawn. */
export type DrawnFace = Pick<FoundFace, "trackId" | "outcome" | "name" | "confidence" | "box">;

interface FaceBoxesProps {
  faces: readonly DrawnFace[];
  frame: FrameSize;
  mirrored: boolean;
}

/** Part of the frame's height that a name needs above its face. */
const LABEL_ROOM = 0.09;

/** Frames and names over the picture. The boxes are mirrored with it; the names stay readable. */
export function FaceBoxes({ faces, frame, mirrored }: FaceBoxesProps) {
  const { t } = useI18n();
  return faces.map((face, index) => {
    const box = mirrored ? mirroredBox(face.box, frame) : face.box;
    return (
      <div
        key={face.trackId === null ? `place ${index}` : `track ${face.trackId}`}
        className={styles.box}
        data-testid="face-box"
        data-known={KNOWN[face.outcome]}
        data-outcome={face.outcome}
        data-name={face.name ?? ""}
        data-label={box.top < frame.height * LABEL_ROOM ? "below" : "above"}
        data-side={box.left + box.right > frame.width ? "right" : "left"}
        style={{
          left: percent(box.left, frame.width),
          top: percent(box.top, frame.height),
          width: percent(box.right - box.left, frame.width),
          height: percent(box.bottom - box.top, frame.height),
        }}
      >
        <span className={styles.label}>
          {face.name ?? nameless(face.outcome, t)}
          {face.confidence !== null && (
            <span className={styles.confidence}>
              <Percentage share={face.confidence} />
            </span>
          )}
        </span>
      </div>
    );
  });
}

/** Whether the face is drawn as known, as unknown, or as neither. */
const KNOWN: Record<Outcome, boolean | "unsure"> = {
  known: true,
  unknown: false,
  undecided: "unsure",
  "not-sure": "unsure",
  unsearched: "unsure",
};

/** What stands over a face without a name. */
function nameless(outcome: Outcome, { live }: Dictionary): string {
  switch (outcome) {
    case "undecided":
      return live.looking;
    case "not-sure":
      return live.notSure;
    case "unsearched":
      return live.notLookedUp;
    default:
      return live.unknown;
  }
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(2)}%`;
}
