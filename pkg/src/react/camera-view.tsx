import { useEffect, useRef, useState, useSyncExternalStore, type CSSProperties, type ReactNode } from "react";
import { useLabels, type Labels, type Locale } from "./labels.js";
import { useStyles } from "./styles.js";
import type { Camera } from "./use-camera.js";

/** What {@link CameraView} is given. */
export interface CameraViewProps {
  /** Of `useCamera`. */
  readonly camera: Camera;
  /** Given the element that plays the picture; `null` when it is gone. */
  readonly onVideo: (video: HTMLVideoElement | null) => void;
  /** Drawn over the picture, whose size its box has. */
  readonly children?: ReactNode;
  readonly locale?: Locale | undefined;
  readonly labels?: Partial<Labels> | undefined;
}

/** The camera's picture, or why there is none and what to do about it. */
export function CameraView({ camera, onVideo, children, locale, labels: replaced }: CameraViewProps) {
  useStyles();
  const labels = useLabels(locale, replaced);
  const { state, start } = camera;
  const hearsClicks = useHearsClicks();
  return (
    <div className="rostro rostro-stage" data-camera={state.phase}>
      {state.phase === "on" && (
        <Picture stream={state.stream} mirrored={state.mirrored} label={labels.camera} onVideo={onVideo}>
          {children}
        </Picture>
      )}
      {state.phase === "starting" && (
        <p className="rostro-message" role="status">
          {labels.starting}
        </p>
      )}
      {state.phase === "off" && (
        <div className="rostro-message">
          <p>{labels.intro}</p>
          <button className="rostro-button rostro-start" type="button" disabled={!hearsClicks} onClick={() => start()}>
            {labels.start}
          </button>
        </div>
      )}
      {state.phase === "failed" && (
        <div className="rostro-message" role="alert" data-problem={state.problem}>
          <h2>{labels.problems[state.problem].title}</h2>
          <p>{labels.problems[state.problem].action}</p>
          <button className="rostro-button rostro-start" type="button" onClick={() => start()}>
            {labels.retry}
          </button>
        </div>
      )}
    </div>
  );
}

const noChanges = () => () => undefined;

/** Whether this runs in the browser: a button that a server drew is deaf until then, and a click on it would be lost. */
function useHearsClicks(): boolean {
  return useSyncExternalStore(
    noChanges,
    () => true,
    () => false,
  );
}

interface PictureProps {
  readonly stream: MediaStream;
  readonly mirrored: boolean;
  readonly label: string;
  readonly onVideo: CameraViewProps["onVideo"];
  readonly children: ReactNode;
}

function Picture({ stream, mirrored, label, onVideo, children }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [shape, setShape] = useState<CSSProperties>({});
  useEffect(() => {
    const element = video.current;
    if (element) element.srcObject = stream;
    onVideo(element);
    return () => onVideo(null);
  }, [stream, onVideo]);
  return (
    <div className="rostro-picture" style={shape}>
      {/* `playsInline`, or a telephone shows it full screen. */}
      <video
        ref={video}
        data-mirrored={mirrored}
        aria-label={label}
        autoPlay
        muted
        playsInline
        onResize={(event) => setShape(shapeOf(event.currentTarget))}
        onLoadedMetadata={(event) => setShape(shapeOf(event.currentTarget))}
      />
      <div className="rostro-overlay">{children}</div>
    </div>
  );
}

/** Width over height of the camera's picture; it changes when a telephone is turned. */
function shapeOf({ videoWidth, videoHeight }: HTMLVideoElement): CSSProperties {
  const shape: CSSProperties & Record<"--_shape", number> = { "--_shape": videoWidth / videoHeight };
  return videoHeight > 0 ? shape : {};
}
