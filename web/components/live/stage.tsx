"use client";

import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from "react";

import type { Camera } from "@/hooks/use-camera";

import { useI18n } from "../i18n-provider";
import { CameraIcon, CameraOffIcon } from "../icons";
import ui from "../ui.module.css";
import styles from "./stage.module.css";

interface StageProps {
  camera: Camera;
  /** Given the element that plays the picture; `null` when it is gone. */
  onVideo: (video: HTMLVideoElement | null) => void;
  /** Drawn over the picture, in its own coordinates. */
  children?: ReactNode;
}

/** The camera's picture, or why there is none and what to do about it. */
export function Stage({ camera, onVideo, children }: StageProps) {
  const { t } = useI18n();
  const { state, start } = camera;
  return (
    <div className={styles.stage} data-testid="stage" data-camera={state.phase}>
      {state.phase === "on" && (
        <Picture stream={state.stream} mirrored={state.mirrored} onVideo={onVideo}>
          {children}
        </Picture>
      )}
      {state.phase === "starting" && <p className={styles.message}>{t.live.starting}</p>}
      {state.phase === "off" && (
        <div className={styles.message}>
          <CameraIcon size={44} />
          <p>{t.live.intro}</p>
          <button className={ui.button} type="button" data-testid="camera-start" onClick={() => start()}>
            {t.live.start}
          </button>
        </div>
      )}
      {state.phase === "failed" && (
        <div className={styles.message} role="alert" data-testid="camera-problem" data-problem={state.problem}>
          <CameraOffIcon size={44} />
          <h2>{t.camera[state.problem].title}</h2>
          <p>{t.camera[state.problem].action}</p>
          <button className={ui.button} type="button" data-testid="camera-start" onClick={() => start()}>
            {t.camera.retry}
          </button>
        </div>
      )}
    </div>
  );
}

interface PictureProps {
  stream: MediaStream;
  mirrored: boolean;
  onVideo: StageProps["onVideo"];
  children: ReactNode;
}

function Picture({ stream, mirrored, onVideo, children }: PictureProps) {
  const { t } = useI18n();
  const video = useRef<HTMLVideoElement>(null);
  const [shape, setShape] = useState<CSSProperties>({});
  useEffect(() => {
    const element = video.current;
    if (element) element.srcObject = stream;
    onVideo(element);
    return () => onVideo(null);
  }, [stream, onVideo]);
  return (
    <div className={styles.picture} style={shape}>
      <video
        ref={video}
        className={mirrored ? styles.mirrored : undefined}
        data-testid="live-video"
        aria-label={t.live.camera}
        autoPlay
        muted
        playsInline
        onResize={(event) => setShape(shapeOf(event.currentTarget))}
        onLoadedMetadata={(event) => setShape(shapeOf(event.currentTarget))}
      />
      <div className={styles.overlay}>{children}</div>
    </div>
  );
}

/** Width over height of the camera's picture; it changes when a phone is turned. */
function shapeOf({ videoWidth, videoHeight }: HTMLVideoElement): CSSProperties {
  const shape: CSSProperties & Record<"--shape", number> = { "--shape": videoWidth / videoHeight };
  return videoHeight > 0 ? shape : {};
}
