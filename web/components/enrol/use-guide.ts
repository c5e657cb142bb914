"use client";

import { useCallback, useRef, useState } from "react";

import type { WatchedFrame } from "@/hooks/use-watch";
import { nextPose, poseOf, PoseGuide, type Pose } from "@/lib/pose-guide";
import { problemOf, type PictureProblem } from "@/lib/sample-check";

import { thumbnailOf, type Candidate, type TakenSample } from "./use-samples";

/** What the person before the camera is to do. */
export interface Guide {
  /** The pose that is asked for; `null` when there are enough samples. */
  wanted: Pose | null;
  /** What is wrong with what the camera sees now. */
  problem: PictureProblem | null;
  /** How much of the time the pose has been held, 0..1. */
  held: number;
  /** To be given every frame of `video`. */
  look: (frame: WatchedFrame, video: HTMLVideoElement) => void;
}

interface GuideOptions {
  samples: readonly TakenSample[];
  /** How many are asked for. */
  needed: number;
  /** Nothing is taken while another picture is looked at. */
  paused: boolean;
  onTake: (candidate: Candidate) => Promise<void>;
}

/** Asks for one pose after the other, and takes the best frame of each. */
export function useGuide({ samples, needed, paused, onTake }: GuideOptions): Guide {
  const guide = useRef<PoseGuide<Candidate> | null>(null);
  guide.current ??= new PoseGuide<Candidate>();
  const [state, setState] = useState<{ problem: PictureProblem | null; held: number }>({ problem: null, held: 0 });
  const wanted = samples.length >= needed ? null : nextPose(samples.map(({ pose }) => pose));

  const look = useCallback(
    ({ faces: [face], faults }: WatchedFrame, video: HTMLVideoElement) => {
      const problem = problemOf(faults);
      if (problem !== null || face === undefined || paused) {
        setState({ problem: problem ?? (face === undefined ? "noFace" : null), held: 0 });
        return;
      }
      const guidance = guide.current?.look(wanted, {
        pose: poseOf(face.yaw),
        score: face.quality,
        at: performance.now(),
        keep: () => ({ face, thumbnail: thumbnailOf(video, face.box) }),
      });
      setState({ problem: null, held: guidance?.kind === "holding" ? guidance.share : 0 });
      if (guidance?.kind === "taken") void onTake(guidance.best);
    },
    [wanted, paused, onTake],
  );
  return { wanted, ...state, look };
}
