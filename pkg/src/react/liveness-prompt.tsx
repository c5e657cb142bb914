import { createContext, useContext, useEffect, useRef, type ReactNode } from "react";
import type { Face } from "../../wasm/rostro_wasm.js";
import type { WatchedFrame } from "./use-watch.js";

/** What a check of liveness says so far of a followed face. */
export type LivenessAnswer = "waiting" | "passed" | "failed";

/** What {@link LivenessPrompt} is given. */
export interface LivenessPromptProps {
  /**
   * Looks at the one face of every frame until it does not answer `waiting` any more, for each track anew. Keep what it
   * remembers under `face.trackId`.
   */
  readonly check: (face: Face, frame: WatchedFrame, video: HTMLVideoElement) => LivenessAnswer;
  /** What the person is asked to do; shown while their answer is awaited. */
  readonly children: ReactNode;
}

/** What a `FaceCamera` and its prompt tell each other. */
export interface LivenessSlot {
  readonly frame: WatchedFrame | null;
  readonly video: HTMLVideoElement | null;
  /** What was found of each track. */
  readonly answers: ReadonlyMap<number, LivenessAnswer>;
  readonly onAnswer: (trackId: number, answer: LivenessAnswer) => void;
}

/** Filled in by `FaceCamera`. */
export const LivenessContext = createContext<LivenessSlot | null>(null);

/**
 * The place for an app's own check that a person is there, as `liveness` of a `FaceCamera`: it shows what is asked for and
 * hands each frame to `check`; nobody is told of as known before it passed.
 *
 * Rostro itself checks no liveness. What such a check shows is as good as the check; results and reports go on saying
 * `liveness: "not_checked"`.
 */
export function LivenessPrompt({ check, children }: LivenessPromptProps) {
  const slot = useContext(LivenessContext);
  if (slot === null) throw new Error("a LivenessPrompt is given to a FaceCamera as `liveness`");
  const latest = useRef(check);
  useEffect(() => {
    latest.current = check;
  });
  const { frame, video, answers, onAnswer } = slot;
  const face = frame?.faces.length === 1 ? frame.faces[0] : undefined;
  const trackId = face?.trackId;
  const waits = face !== undefined && trackId !== undefined && (answers.get(trackId) ?? "waiting") === "waiting";

  useEffect(() => {
    if (!waits || face === undefined || trackId === undefined || frame === null || video === null) return;
    const answer = latest.current(face, frame, video);
    if (answer !== "waiting") onAnswer(trackId, answer);
  }, [waits, face, trackId, frame, video, onAnswer]);

  return waits ? (
    <div className="rostro-prompt" role="status">
      {children}
    </div>
  ) : null;
}
