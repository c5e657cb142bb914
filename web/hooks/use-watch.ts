"use client";

import { useEffect, useRef, useState } from "react";
import type { PictureFault, Recognizer, RecognitionTiming } from "rostro";

import { facesOf, type FoundFace } from "@/lib/faces";
import type { FrameSize } from "@/lib/overlay";

/** The last frame that was recognised. */
export interface WatchedFrame {
  faces: readonly FoundFace[];
  /** Why the frame should not be enrolled, the most important first. */
  faults: readonly PictureFault[];
  frame: FrameSize;
  timing: RecognitionTiming;
  framesPerSecond: number;
}

/** Over how long frames are counted. */
const COUNTED_MS = 3_000;

interface WatchOptions {
  recognizer: Recognizer | null;
  /** Where the camera's picture is played. */
  video: HTMLVideoElement | null;
  /** Whether faces are followed and decided upon over many looks; else each frame stands for itself. */
  follow: boolean;
  onFrame: (frame: WatchedFrame) => void;
  onError: () => void;
}

/** Recognises the video while there are one and a recogniser. `null` before the first frame. */
export function useWatch({ recognizer, video, follow, onFrame, onError }: WatchOptions): WatchedFrame | null {
  const [watched, setWatched] = useState<WatchedFrame | null>(null);
  // The watch must not begin anew because its owner was rendered again with new functions.
  const handlers = useRef({ onFrame, onError });
  useEffect(() => {
    handlers.current = { onFrame, onError };
  });

  useEffect(() => {
    if (recognizer === null || video === null) return;
    let moments: number[] = [];
    const watch = recognizer.watch(
      video,
      (recognition) => {
        const now = performance.now();
        moments = [...moments.filter((moment) => now - moment < COUNTED_MS), now];
        const { frame, timing, pictureFaults: faults } = recognition;
        const seen = { faces: facesOf(recognition), faults, frame, timing, framesPerSecond: rate(moments) };
        setWatched(seen);
        handlers.current.onFrame(seen);
      },
      { follow, onError: () => handlers.current.onError() },
    );
    return () => {
      watch.stop();
      setWatched(null);
    };
  }, [recognizer, video, follow]);

  return watched;
}

/** Frames a second, from the moments at which they came, in milliseconds. */
function rate(moments: readonly number[]): number {
  const [first, last] = [moments[0], moments.at(-1)];
  if (first === undefined || last === undefined || last <= first) return 0;
  return ((moments.length - 1) * 1_000) / (last - first);
}
