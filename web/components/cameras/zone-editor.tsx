"use client";

import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";

import { snapshotPath } from "@/lib/camera-calls";
import type { Corner } from "@/lib/cameras";
import { fill } from "@/lib/i18n";
import { between, moved, type Handle, type Rectangle } from "@/lib/zone";

import { useI18n } from "../i18n-provider";
import styles from "./zone-editor.module.css";

/** How far an arrow key moves a corner, of the picture's width or height; and with Shift. */
const STEP = 0.01;
const LONG_STEP = 0.1;

const ARROWS: Record<string, Corner> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

interface ZoneEditorProps {
  /** The relay's id of the camera. */
  cameraId: string;
  /** Of its last picture, in pixels. */
  size: { width: number; height: number };
  rectangle: Rectangle;
  onChange: (rectangle: Rectangle) => void;
}

/** A rectangle on the camera's picture: dragged anew from corner to corner, or moved by its corners. */
export function ZoneEditor({ cameraId, size, rectangle, onChange }: ZoneEditorProps) {
  const { form } = useI18n().t.cameras;
  const stage = useRef<HTMLDivElement>(null);
  // The corner that stays where it is while the other is dragged.
  const anchor = useRef<Corner | null>(null);
  const [hasPicture, setHasPicture] = useState(false);

  function placeOf({ clientX, clientY }: PointerEvent): Corner {
    const bounds = stage.current?.getBoundingClientRect();
    if (!bounds) return [0, 0];
    return [(clientX - bounds.left) / bounds.width, (clientY - bounds.top) / bounds.height];
  }

  function begin(event: PointerEvent<HTMLElement>, held: Corner) {
    event.preventDefault();
    event.stopPropagation();
    stage.current?.setPointerCapture(event.pointerId);
    anchor.current = held;
  }

  const end = () => {
    anchor.current = null;
  };

  const { left, top, right, bottom } = rectangle;
  const handle = (which: Handle, at: Corner, opposite: Corner) => ({
    at,
    label: form.corners[which],
    testId: `zone-${which}`,
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      event.currentTarget.focus();
      begin(event, opposite);
    },
    onMove: (by: Corner) => onChange(moved(rectangle, which, by)),
  });

  return (
    <div
      ref={stage}
      className={styles.stage}
      role="group"
      aria-label={form.zonePicture}
      style={{ aspectRatio: `${size.width} / ${size.height}` }}
      data-testid="zone-editor"
      onPointerDown={(event) => begin(event, placeOf(event))}
      onPointerMove={(event) => {
        if (anchor.current !== null) onChange(between(anchor.current, placeOf(event)));
      }}
      onPointerUp={end}
      onPointerCancel={end}
    >
      <img
        src={snapshotPath(cameraId, 0)}
        alt=""
        draggable={false}
        hidden={!hasPicture}
        onLoad={() => setHasPicture(true)}
        onError={() => setHasPicture(false)}
      />
      <svg className={styles.outside} viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        <path d={`M0 0H1V1H0ZM${left} ${top}V${bottom}H${right}V${top}Z`} />
        <rect x={left} y={top} width={right - left} height={bottom - top} />
      </svg>
      <CornerHandle {...handle("first", [left, top], [right, bottom])} />
      <CornerHandle {...handle("last", [right, bottom], [left, top])} />
    </div>
  );
}

interface CornerHandleProps {
  at: Corner;
  label: string;
  testId: string;
  onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  onMove: (by: Corner) => void;
}

function CornerHandle({ at: [x, y], label, testId, onPointerDown, onMove }: CornerHandleProps) {
  const { form } = useI18n().t.cameras;
  function press(event: KeyboardEvent) {
    const direction = ARROWS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const step = event.shiftKey ? LONG_STEP : STEP;
    onMove([direction[0] * step, direction[1] * step]);
  }
  return (
    <button
      type="button"
      className={styles.corner}
      style={{ left: `${100 * x}%`, top: `${100 * y}%` }}
      aria-label={fill(form.cornerAt, { corner: label, x: Math.round(100 * x), y: Math.round(100 * y) })}
      data-testid={testId}
      onKeyDown={press}
      onPointerDown={onPointerDown}
    />
  );
}
