"use client";

import { useState, type ChangeEvent } from "react";
import type { Recognizer } from "rostro";

import { useCamera } from "@/hooks/use-camera";
import { useWatch } from "@/hooks/use-watch";
import { CAMERA_SAMPLES, type SampleSource } from "@/lib/enrolment";
import { fill } from "@/lib/i18n";
import { onlyFace } from "@/lib/sample-check";

import { useI18n } from "../i18n-provider";
import { Stage } from "../live/stage";
import ui from "../ui.module.css";
import styles from "./enrolment-form.module.css";

const NOTHING = () => undefined;

interface SampleTakerProps {
  /** How many samples there are. */
  taken: number;
  /** Whether a picture is being looked at. */
  working: boolean;
  recognizer: Recognizer | null;
  onPictures: (
    pictures: readonly { picture: ImageBitmapSource; file: string | null }[],
    source: SampleSource,
  ) => Promise<void>;
}

/** Takes pictures for samples, from the camera or from files, and says what to do next. */
export function SampleTaker({ taken, working, recognizer, onPictures }: SampleTakerProps) {
  const { t } = useI18n();
  const { enrol } = t;
  const camera = useCamera();
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const watched = useWatch({ recognizer, video, follow: false, onFaces: NOTHING, onError: NOTHING });
  const pose = ([enrol.poses.front, enrol.poses.left, enrol.poses.right] as const)[taken] ?? enrol.poses.more;
  const sight = watched && onlyFace(watched.faces);
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
        <p className={styles.pose} data-testid="enrol-pose" data-ready={sight?.ok ?? false} aria-live="polite">
          {sight && !sight.ok ? enrol.hints[sight.problem] : pose}
        </p>
      </Stage>
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
        <span className="muted numeric">{fill(enrol.progress, { count: taken, needed: CAMERA_SAMPLES })}</span>
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
