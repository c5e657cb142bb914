"use client";
/**
 * React components and hooks: a camera with names over the faces, and the parts that it is made of.
 *
 * ```tsx
 * "use client";
 * import { FaceCamera } from "rostro/react";
 *
 * export default function Door({ gallery }) {
 *   return <FaceCamera gallery={gallery} onKnown={({ name }) => greet(name)} />;
 * }
 * ```
 *
 * @module
 */
export { CameraControls, type CameraControlsProps } from "./react/camera-controls.js";
export { CameraView, type CameraViewProps } from "./react/camera-view.js";
export type { CameraProblem } from "./react/camera-problem.js";
export { confidenceText } from "./react/confidence.js";
export { EngineStatus, type EngineStatusProps } from "./react/engine-status.js";
export { EnrolWizard, type EnrolWizardProps } from "./react/enrol-wizard.js";
export { FaceBoxes, mirroredBox, type FaceBoxesProps } from "./react/face-boxes.js";
export { FaceCamera, type FaceCameraProps, type KnownFace } from "./react/face-camera.js";
export { useLabels, type Labels, type Locale } from "./react/labels.js";
export { LivenessPrompt, type LivenessAnswer, type LivenessPromptProps } from "./react/liveness-prompt.js";
export type { Pose } from "./react/pose-guide.js";
export { useCamera, type Camera, type CameraOptions, type CameraState, type Facing } from "./react/use-camera.js";
export {
  CAMERA_SAMPLES,
  useEnrolment,
  type Candidate,
  type Enrolment,
  type GivenPicture,
  type SampleNotice,
  type TakenSample,
} from "./react/use-enrolment.js";
export {
  useGallery,
  useRecognizer,
  type Engine,
  type EngineState,
  type UseRecognizerOptions,
} from "./react/use-recognizer.js";
export { peopleIn, useRelay, type Relay, type UseRelayOptions } from "./react/use-relay.js";
export {
  useReporting,
  type ReportedFaceLine,
  type Reporting,
  type ReportingChoices,
  type ReportingOptions,
  type ReportSource,
  type SendingState,
  type SentReport,
} from "./react/use-reporting.js";
export { useWatch, type WatchedFrame, type WatchOptions } from "./react/use-watch.js";
