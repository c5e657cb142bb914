import { useEffect, useRef, useState } from "react";
import type { RostroError } from "../errors.js";
import type { Recognition, Recognizer } from "../recognizer.js";

/** The last frame of a video that was recognised. */
export interface WatchedFrame extends Recognition {
  /** Frames a second, over the last three seconds. */
  readonly framesPerSecond: number;
}

/** What {@link useWatch} is given. */
export interface WatchOptions {
  readonly recognizer: Recognizer | null;
  /** Where the camera's picture is played. */
  readonly video: HTMLVideoElement | null;
  /** Whether faces are followed and decided upon over many looks, the default; else each frame stands for itself. */
  readonly follow?: boolean;
  readonly onFrame?: ((frame: WatchedFrame) => void) | undefined;
  readonly onError?: ((error: RostroError) => void) | undefined;
}

/** Over how long frames are counted. */
const COUNTED_MS = 3_000;

/** Recognises the video while there are one and a recogniser. `null` before the first frame. */
export function useWatch({ recognizer, video, follow = true, onFrame, onError }: WatchOptions): WatchedFrame | null {
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
        const seen = { ...recognition, framesPerSecond: rate(moments) };
        setWatched(seen);
        handlers.current.onFrame?.(seen);
      },
      { follow, onError: (error) => handlers.current.onError?.(error) },
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
