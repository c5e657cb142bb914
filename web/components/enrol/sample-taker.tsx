"use client";

import { useState, type ChangeEvent, type CSSProperties } from "react";
import type { Recognizer } from "rostro";

import { useCamera } from "@/hooks/use-camera";
import { useWatch } from "@/hooks/use-watch";
import { CAMERA_SAMPLES, type SampleSource } from "@/lib/enrolment";
import { fill } from "@/lib/i18n";
import { POSES } from "@/lib/pose-guide";

import { useI18n } from "../i18n-provider";
import { Stage } from "../live/stage";
import ui from "../ui.module.css";
import styles from "./enrolment-form.module.css";
import { useGuide, type Guide } from "./use-guide";
import type { Candidate, TakenSample } from "./use-samples";

const NOTHING = () => undefined;

interface SampleTakerProps {
  samples: readonly TakenSample[];
  /** Whether a picture is being looked at. */
  working: boolean;
  recognizer: Recognizer | null;
  onPictures: (
    pictures: readonly { picture: ImageBitmapSource; file: string | null }[],
    source: SampleSource,
  ) => Promise<void>;
  /** Given the best frame of each pose. */
  onTake: (candidate: Candidate) => Promise<void>;
}

/** Takes samples: from the camera, pose by pose or when asked, or from files. Says what to do next. */
export function SampleTaker({ samples, working, recognizer, onPictures, onTake }: SampleTakerProps) {
  const { t } = useI18n();
  const { enrol } = t;
  const camera = useCamera();
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const guide = useGuide({ samples, needed: CAMERA_SAMPLES, paused: working, onTake });
  const watched = useWatch({
    recognizer,
    video,
    follow: false,
    onFrame: (frame) => {
      if (video) guide.look(frame, video);
    },
    onError: NOTHING,
  });
  const ready = recognizer !== null;

  function capture() {
    if (video) void onPictures([{ picture: video, file: null }], "camera");
  }

  function choose(event: ChangeEvent<HTMLInputElement>) {
    const files = [...(event.target.files ?? [])];
    event.target.value = "";
    void onPictures(
      files.map((file) => ({ picture: file, file: file.name })),
      "file",
    );
  }

  return (
    <>
      <Stage camera={camera} onVideo={setVideo}>
        <Instruction guide={guide} sees={watched !== null} />
      </Stage>
      <PoseSteps samples={samples} wanted={camera.state.phase === "on" ? guide.wanted : null} />
      <div className={styles.controls}>
        <button
          className={ui.button}
          type="button"
          data-testid="enrol-capture"
          disabled={camera.state.phase !== "on" || !ready || working}
          onClick={capture}
        >
          {working ? enrol.capturing : enrol.capture}
        </button>
        <span className="muted numeric">{fill(enrol.progress, { count: samples.length, needed: CAMERA_SAMPLES })}</span>
        <label className={`${ui.button} ${ui.quiet} ${styles.files}`} data-disabled={!ready || working}>
          {enrol.chooseFiles}
          <input
            className="visually-hidden"
            type="file"
            accept="image/jpeg,image/png,image/webp"
            multiple
            disabled={!ready || working}
            data-testid="enrol-files"
            onChange={choose}
          />
        </label>
      </div>
      <p className="muted small">{enrol.filesHint}</p>
    </>
  );
}

/** What to do now, over the picture. */
function Instruction({ guide, sees }: { guide: Guide; sees: boolean }) {
  const { enrol } = useI18n().t;
  const { wanted, problem, held } = guide;
  const instruction = wanted === null ? enrol.poses.more : enrol.poses[wanted];
  const text = held > 0 ? enrol.poses.hold : instruction;
  const share: CSSProperties & Record<"--held", string> = { "--held": `${Math.round(held * 100)}%` };
  return (
    <p
      className={styles.pose}
      style={share}
      data-testid="enrol-pose"
      data-pose={wanted ?? "none"}
      data-problem={problem ?? ""}
      data-ready={sees && problem === null}
      aria-live="polite"
    >
      {sees && problem !== null ? enrol.hints[problem] : text}
    </p>
  );
}

/** The poses that are asked for, and which of them are done. */
function PoseSteps({ samples, wanted }: { samples: readonly TakenSample[]; wanted: Guide["wanted"] }) {
  const { enrol } = useI18n().t;
  return (
    <ol className={styles.steps} aria-label={enrol.steps.title}>
      {POSES.map((pose) => {
        const done = samples.some((sample) => sample.pose === pose);
        return (
          <li
            key={pose}
            className={styles.step}
            data-testid="pose-step"
            data-pose={pose}
            data-done={done}
            aria-current={wanted === pose ? "step" : undefined}
          >
            {enrol.steps[pose]}
            {done && <span className="visually-hidden"> {enrol.steps.done}</span>}
          </li>
        );
      })}
    </ol>
  );
}
