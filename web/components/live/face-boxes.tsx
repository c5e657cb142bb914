"use client";

import { mirroredBox, type FrameSize } from "@/lib/overlay";
import type { Box } from "@/lib/sightings";

import { useI18n } from "../i18n-provider";
import { Percentage } from "../percentage";
import styles from "./face-boxes.module.css";

/** A face as it is drawn. */
export interface DrawnFace {
  /** `false`: there was no gallery, so the face is neither known nor unknown. */
  lookedUp: boolean;
  /** `null` for an unknown face. */
  name: string | null;
  /** 0..1; `null` where there was nobody to compare with. */
  confidence: number | null;
  /** Pixels of the frame. */
  box: Box;
}

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
    const known = face.name !== null;
    return (
      <div
        key={index}
        className={styles.box}
        data-testid="face-box"
        data-known={face.lookedUp ? known : "unsure"}
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
          {face.name ?? (face.lookedUp ? t.live.unknown : t.live.notLookedUp)}
          {known && face.confidence !== null && (
            <span className={styles.confidence}>
              <Percentage share={face.confidence} />
            </span>
          )}
        </span>
      </div>
    );
  });
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(2)}%`;
}
