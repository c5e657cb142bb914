/** A watched video. */
export interface Watch {
  /** Ends it; nothing is called afterwards. */
  stop(): void;
}

/** What a watch does with a frame. */
export interface WatchEvents<T> {
  onResult(result: T): void;
  /** A frame could not be recognised; the watch goes on with the next, unless `recognize` is closed. */
  onError(error: unknown): void;
}

/**
 * Hands frames of `video` to `recognize`, one at a time: a frame that arrives meanwhile is left out, and as soon as
 * the answer is there the newest one is taken. While the page is hidden nothing happens.
 */
export function watchFrames<T>(
  video: HTMLVideoElement,
  recognize: (video: HTMLVideoElement) => Promise<T>,
  events: WatchEvents<T>,
): Watch {
  let stopped = false;
  let busy = false;
  let missed = false;
  let cancel: () => void = () => undefined;

  const schedule = () => {
    cancel = nextFrame(video, () => {
      schedule();
      if (busy) missed = true;
      else void take();
    });
  };
  const take = async () => {
    busy = true;
    try {
      do {
        missed = false;
        const tell = await recognize(video).then(
          (result) => () => events.onResult(result),
          (error: unknown) => () => events.onError(error),
        );
        if (!stopped) tell();
      } while (missed && !stopped);
    } finally {
      busy = false;
    }
  };

  schedule();
  return {
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}

/** Calls `then` when the video shows its next frame; the returned function calls that off. */
function nextFrame(video: HTMLVideoElement, then: () => void): () => void {
  if ("requestVideoFrameCallback" in video) {
    const handle = video.requestVideoFrameCallback(then);
    return () => {
      video.cancelVideoFrameCallback(handle);
    };
  }
  const handle = requestAnimationFrame(then);
  return () => {
    cancelAnimationFrame(handle);
  };
}
