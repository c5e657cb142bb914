import { useState, type ChangeEvent, type CSSProperties } from "react";
import type { Recognizer } from "../recognizer.js";
import type { Sample } from "../samples.js";
import { CameraView } from "./camera-view.js";
import { useLabels, type Labels, type Locale } from "./labels.js";
import { POSES } from "./pose-guide.js";
import { useStyles } from "./styles.js";
import { useCamera, type CameraOptions } from "./use-camera.js";
import { CAMERA_SAMPLES, useEnrolment, type Enrolment, type SampleNotice, type TakenSample } from "./use-enrolment.js";
import { usePoseGuide, type PoseGuidance } from "./use-pose-guide.js";
import { useWatch } from "./use-watch.js";

/** What {@link EnrolWizard} is given. */
export interface EnrolWizardProps {
  /** Of `useRecognizer`; `null` while it loads. Its gallery is what `alreadyEnrolled` is told by. */
  readonly recognizer: Recognizer | null;
  /** Of `useEnrolment`, for a page that shows or keeps the samples itself; its own, if left out. */
  readonly enrolment?: Enrolment | undefined;
  /** Given the samples when whoever enrols says that they are done; without it there is no such button. */
  readonly onDone?: ((samples: readonly Sample[]) => void) | undefined;
  readonly camera?: CameraOptions | undefined;
  readonly locale?: Locale | undefined;
  readonly labels?: Partial<Labels> | undefined;
}

/**
 * Takes the samples of somebody who is enrolled: from the camera, which asks for three poses and takes the best frame of
 * each, or from picture files. Says what is wrong with a picture, and who is enrolled already under another name. The
 * pictures stay in the page.
 */
export function EnrolWizard(props: EnrolWizardProps) {
  const { recognizer, onDone } = props;
  useStyles();
  const labels = useLabels(props.locale, props.labels);
  const own = useEnrolment(recognizer);
  const enrolment = props.enrolment ?? own;
  const { samples, notices, missing, working, alreadyEnrolled, add } = enrolment;
  const camera = useCamera(props.camera);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const guidance = usePoseGuide(enrolment);
  const watched = useWatch({
    recognizer,
    video,
    follow: false,
    onFrame: (frame) => {
      if (video) guidance.look(frame, video);
    },
  });
  const isBusy = recognizer === null || working;

  function choose(event: ChangeEvent<HTMLInputElement>) {
    const files = [...(event.target.files ?? [])];
    event.target.value = "";
    void add(files.map((file) => ({ picture: file, file: file.name })));
  }

  return (
    <div className="rostro rostro-column rostro-enrol" data-samples={samples.length}>
      <CameraView camera={camera} onVideo={setVideo} locale={props.locale} labels={props.labels}>
        <Instruction guidance={guidance} sees={watched !== null} labels={labels} />
      </CameraView>
      <PoseSteps samples={samples} wanted={camera.state.phase === "on" ? guidance.wanted : null} labels={labels} />
      <div className="rostro-row">
        <button
          className="rostro-button rostro-capture"
          type="button"
          disabled={camera.state.phase !== "on" || isBusy}
          onClick={() => video && void add([{ picture: video, file: null }])}
        >
          {working ? labels.capturing : labels.capture}
        </button>
        <span className="rostro-muted">{labels.progress(samples.length, CAMERA_SAMPLES)}</span>
        <label className="rostro-button" data-quiet="true" data-disabled={isBusy}>
          {labels.chooseFiles}
          <input
            className="rostro-hidden rostro-files"
            type="file"
            accept="image/jpeg,image/png,image/webp"
            multiple
            disabled={isBusy}
            onChange={choose}
          />
        </label>
      </div>
      <p className="rostro-muted">{labels.filesHint}</p>
      <Notices notices={notices} labels={labels} />
      <SamplesStrip enrolment={enrolment} labels={labels} />
      {onDone && alreadyEnrolled && (
        <p className="rostro-notice" role="alert" data-already={alreadyEnrolled.name}>
          {labels.alreadyEnrolled(alreadyEnrolled.name)}
        </p>
      )}
      {onDone && (
        <button
          className="rostro-button rostro-done"
          type="button"
          disabled={missing > 0 || samples.length === 0 || working}
          onClick={() => onDone(samples.flatMap(({ embeddings }) => embeddings))}
        >
          {labels.done}
        </button>
      )}
    </div>
  );
}

interface InstructionProps {
  readonly guidance: PoseGuidance;
  readonly sees: boolean;
  readonly labels: Labels;
}

/** What to do now, over the picture. */
function Instruction({ guidance: { wanted, fault, held }, sees, labels }: InstructionProps) {
  const instruction = wanted === null ? labels.enough : labels.poses[wanted].instruction;
  const share: CSSProperties & Record<"--_held", string> = { "--_held": `${Math.round(held * 100)}%` };
  return (
    <p
      className="rostro-prompt"
      style={share}
      data-pose={wanted ?? "none"}
      data-fault={fault ?? ""}
      data-ready={sees && fault === null}
      aria-live="polite"
    >
      {sees && fault !== null ? labels.faults[fault] : held > 0 ? labels.hold : instruction}
    </p>
  );
}

interface PoseStepsProps {
  readonly samples: readonly TakenSample[];
  readonly wanted: PoseGuidance["wanted"];
  readonly labels: Labels;
}

/** The poses that are asked for, and which of them are done. */
function PoseSteps({ samples, wanted, labels }: PoseStepsProps) {
  return (
    <ol className="rostro-steps" aria-label={labels.posesTitle}>
      {POSES.map((pose) => {
        const done = samples.some((sample) => sample.pose === pose);
        const current = wanted === pose ? "step" : undefined;
        return (
          <li key={pose} className="rostro-step" data-pose={pose} data-done={done} aria-current={current}>
            {labels.poses[pose].step}
            {done && <span className="rostro-hidden"> {labels.poseDone}</span>}
          </li>
        );
      })}
    </ol>
  );
}

function Notices({ notices, labels }: { readonly notices: readonly SampleNotice[]; readonly labels: Labels }) {
  return (
    <div className="rostro-notices" aria-live="assertive">
      {notices.map(({ fault, file }, index) => (
        <p key={index} className="rostro-notice" data-fault={fault}>
          {file === null ? labels.faults[fault] : labels.faultOf(file, labels.faults[fault])}
        </p>
      ))}
    </div>
  );
}

/** Thumbnails of the samples, with empty places for those still to be taken. */
function SamplesStrip({ enrolment, labels }: { readonly enrolment: Enrolment; readonly labels: Labels }) {
  const { samples, remove } = enrolment;
  const empty = Math.max(CAMERA_SAMPLES - samples.length, 0);
  return (
    <ol className="rostro-strip">
      {samples.map((sample, index) => (
        <li key={sample.id} className="rostro-sample">
          <img src={sample.thumbnail} alt={labels.sample(index + 1)} width={84} height={84} />
          <button type="button" aria-label={labels.removeSample(index + 1)} onClick={() => remove(sample.id)}>
            ×
          </button>
        </li>
      ))}
      {Array.from({ length: empty }, (_, index) => (
        <li key={`place ${index}`} className="rostro-sample rostro-place" aria-hidden="true">
          {samples.length + index + 1}
        </li>
      ))}
    </ol>
  );
}
