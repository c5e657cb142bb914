import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { RostroError } from "../errors.js";
import type { RecognizerOptions } from "../index.js";
import { whoIs } from "../who.js";
import type { Face } from "../../wasm/rostro_wasm.js";
import { CameraControls } from "./camera-controls.js";
import { CameraView } from "./camera-view.js";
import { EngineStatus } from "./engine-status.js";
import { FaceBoxes } from "./face-boxes.js";
import { useLabels, type Labels, type Locale } from "./labels.js";
import { LivenessContext, type LivenessAnswer } from "./liveness-prompt.js";
import { useStyles } from "./styles.js";
import { useCamera, type CameraOptions } from "./use-camera.js";
import { useRecognizer, type Engine, type UseRecognizerOptions } from "./use-recognizer.js";
import type { Relay } from "./use-relay.js";
import { useReporting, type SentReport } from "./use-reporting.js";
import { useWatch, type WatchedFrame } from "./use-watch.js";

/** A face that was recognised. */
export interface KnownFace {
  readonly personId: string;
  readonly name: string;
  /** 0..1; `null` where the latest look by itself names nobody. */
  readonly confidence: number | null;
  readonly face: Face;
}

/** What {@link FaceCamera} is given; all of it may be left out. */
export interface FaceCameraProps {
  /** People to look for. */
  readonly gallery?: UseRecognizerOptions["gallery"];
  /**
   * Looks for this relay's people, and reports to it whom it sees. While the relay has the camera of this page switched off,
   * nobody is recognised, and it says so.
   */
  readonly relay?: Relay | undefined;
  /** How long somebody who stays in view is not reported again, in seconds; 30 by default. `false` reports nothing. */
  readonly report?: number | false | undefined;
  /** A recogniser that is there already, of `useRecognizer`: `gallery` and `options` are then its maker's. */
  readonly engine?: Engine | undefined;
  /** How its own recogniser is made. */
  readonly options?: Omit<RecognizerOptions, "gallery" | "onProgress" | "signal"> | undefined;
  /** Which camera, and when it is turned on. */
  readonly camera?: CameraOptions | undefined;
  /** A `LivenessPrompt`: nobody is told of by `onKnown`, or reported, before it passed. */
  readonly liveness?: ReactNode;
  /** Drawn over the picture, beside the boxes. */
  readonly children?: ReactNode;
  /** Told once of each recognised person who comes into view. */
  readonly onKnown?: ((known: KnownFace) => void) | undefined;
  /** Told of every report to the relay as soon as it is made, with the video as its source. */
  readonly onReport?: ((report: SentReport) => void) | undefined;
  /** Told of every frame. */
  readonly onFrame?: ((frame: WatchedFrame) => void) | undefined;
  /** Told of frames that could not be recognised. */
  readonly onError?: ((error: RostroError) => void) | undefined;
  /** The language; the page's, if left out. */
  readonly locale?: Locale | undefined;
  /** Texts to say instead. */
  readonly labels?: Partial<Labels> | undefined;
  readonly className?: string | undefined;
}

const REPORT_AGAIN_S = 30;

/**
 * A camera with names over the faces: it asks for permission, loads the recogniser, follows faces, names those of the
 * gallery, and says in words what is missing. Colours and shapes are CSS variables, `--rostro-*`.
 */
export function FaceCamera(props: FaceCameraProps) {
  const { gallery, relay, report = REPORT_AGAIN_S, liveness, children, onKnown, onFrame, onError, locale } = props;
  useStyles();
  const labels = useLabels(locale, props.labels);
  const camera = useCamera(props.camera);
  const own = useRecognizer({ ...props.options, gallery, relay, enabled: props.engine === undefined });
  const engine = props.engine ?? own;
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [answers, setAnswers] = useState<ReadonlyMap<number, LivenessAnswer>>(new Map());
  const known = useRef(new Map<number, string>());
  const reporting = useReporting(report === false ? null : (relay?.client ?? null), {
    coolDownMs: (report === false ? 0 : report) * 1_000,
    onReport: props.onReport,
  });

  const may = (face: Face) => liveness === undefined || answers.get(face.trackId ?? -1) === "passed";
  const look = (frame: WatchedFrame) => {
    onFrame?.(frame);
    const faces = frame.faces.filter(may);
    for (const one of newlyKnown(known.current, faces)) onKnown?.(one);
    reporting.look(faces, video);
  };
  const paused = relay?.state.paused === true;
  const watched = useWatch({ recognizer: paused ? null : engine.recognizer, video, onFrame: look, onError });
  // Tracks are counted anew by another recogniser, and in another picture.
  useEffect(() => {
    known.current.clear();
    setAnswers(new Map());
  }, [engine.recognizer, video]);

  const onAnswer = useCallback((trackId: number, answer: LivenessAnswer) => {
    setAnswers((held) => forgetOldest(new Map(held).set(trackId, answer)));
  }, []);
  const slot = useMemo(() => ({ frame: watched, video, answers, onAnswer }), [watched, video, answers, onAnswer]);

  const on = camera.state.phase === "on" ? camera.state : null;
  const className = ["rostro rostro-column rostro-face-camera", props.className].filter(Boolean).join(" ");
  return (
    <section className={className} aria-label={labels.camera} data-engine={engine.state.phase} data-paused={paused}>
      <CameraView camera={camera} onVideo={setVideo} locale={locale} labels={props.labels}>
        {on && watched && (
          <FaceBoxes {...watched} mirrored={on.mirrored} locale={locale} labels={props.labels} />
        )}
        {on && children}
        {on && liveness !== undefined && <LivenessContext.Provider value={slot}>{liveness}</LivenessContext.Provider>}
      </CameraView>
      <EngineStatus engine={engine} locale={locale} labels={props.labels} />
      {on && (
        <div className="rostro-row">
          <p className="rostro-muted" role="status">
            {paused && labels.paused}
            {watched && (watched.faces.length === 0 ? labels.nobody : labels.facesInView(watched.faces.length))}
          </p>
          <CameraControls camera={camera} locale={locale} labels={props.labels} />
        </div>
      )}
    </section>
  );
}

/** Tracks that are remembered: many more than there ever are at once, and few enough for a kiosk that runs for months. */
const TRACKS = 256;

function forgetOldest<T>(tracks: Map<number, T>): Map<number, T> {
  const [oldest] = tracks.keys();
  if (tracks.size > TRACKS && oldest !== undefined) tracks.delete(oldest);
  return tracks;
}

/** Those of `faces` that are known and were not told of, by their tracks in `told`, which are brought up to date. */
export function newlyKnown(told: Map<number, string>, faces: readonly Face[]): KnownFace[] {
  const found: KnownFace[] = [];
  for (const face of faces) {
    const { personId, name, confidence } = whoIs(face);
    if (face.trackId === undefined || personId === null || name === null) continue;
    if (told.get(face.trackId) === personId) continue;
    told.set(face.trackId, personId);
    forgetOldest(told);
    found.push({ personId, name, confidence, face });
  }
  return found;
}
