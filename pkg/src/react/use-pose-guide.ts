import { useCallback, useRef, useState } from "react";
import type { PictureFault } from "../../wasm/rostro_wasm.js";
import { nextPose, poseOf, PoseGuide, type Pose } from "./pose-guide.js";
import { thumbnailOf } from "./thumbnail.js";
import { CAMERA_SAMPLES, type Candidate, type Enrolment } from "./use-enrolment.js";
import type { WatchedFrame } from "./use-watch.js";

/** What the person before the camera is to do. */
export interface PoseGuidance {
  /** The pose that is asked for; `null` when there are enough samples. */
  readonly wanted: Pose | null;
  /** What is wrong with what the camera sees now. */
  readonly fault: PictureFault | null;
  /** How much of the time the pose has been held, 0..1. */
  readonly held: number;
  /** To be given every frame of `video`. */
  readonly look: (frame: WatchedFrame, video: HTMLVideoElement) => void;
}

/** Asks for one pose after the other, and takes the best frame of each. */
export function usePoseGuide({ samples, working, take }: Enrolment): PoseGuidance {
  const guide = useRef<PoseGuide<Candidate> | null>(null);
  guide.current ??= new PoseGuide<Candidate>();
  const [state, setState] = useState<Pick<PoseGuidance, "fault" | "held">>({ fault: null, held: 0 });
  const wanted = samples.length >= CAMERA_SAMPLES ? null : nextPose(samples.map(({ pose }) => pose));

  const look = useCallback(
    ({ faces: [face], pictureFaults }: WatchedFrame, video: HTMLVideoElement) => {
      const fault = pictureFaults[0] ?? null;
      if (fault !== null || face === undefined || working) {
        setState({ fault: fault ?? (face === undefined ? "no-face" : null), held: 0 });
        return;
      }
      const guidance = guide.current?.look(wanted, {
        pose: poseOf(face.quality.yaw),
        score: face.quality.score,
        at: performance.now(),
        keep: () => ({ face, thumbnail: thumbnailOf(video, face.box) }),
      });
      setState({ fault: null, held: guidance?.kind === "holding" ? guidance.share : 0 });
      if (guidance?.kind === "taken") void take(guidance.best);
    },
    [wanted, working, take],
  );
  return { wanted, ...state, look };
}
