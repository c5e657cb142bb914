/** What `rostro` and `rostro/slim` share. */
export type { RecognizerOptions } from "./create.js";
export type { WasmBuild } from "../wasm/builds.js";
export type { ErrorCode } from "./generated/ErrorCode.js";
export type { ModelFileId, ModelId } from "./generated/models.js";
export type { GalleryEntry } from "./generated/GalleryEntry.js";
export type { GalleryNegative } from "./generated/GalleryNegative.js";
export type { LookedUp, Lookup } from "./lookup.js";
export type { OwnRate } from "./generated/OwnRate.js";
export type { PictureSource } from "./picture.js";
export type { LoadProgress } from "./progress.js";
export type { FileProgress, LoadTiming } from "./protocol.js";
export type { Detections, Gallery, LiveGallery, Recognition, RecognitionTiming, RecognizerState } from "./recognizer.js";
export type { RefusedPicture, Sample, SampleFault, SampleTaker, TakenSamples } from "./samples.js";
export type { Identity } from "./who.js";
export type { Watch } from "./watch.js";
export type {
  AlreadyEnrolled,
  Comparison,
  DetectedFace,
  Face,
  FaceBox,
  FaceDecision,
  FaceMatch,
  FaceOutcome,
  FaceQuality,
  MatchOutcome,
  OtherEmbedding,
  PictureFault,
  Point,
  QualityFault,
  SampleCheck,
} from "../wasm/rostro_wasm.js";
export { RostroError, isErrorCode } from "./errors.js";
export { DEFAULT_MODEL, EMBEDDING_LEN, MODEL_IDS } from "./generated/models.js";
export { Recognizer } from "./recognizer.js";
export { takeSamples } from "./samples.js";
export { whoIs } from "./who.js";

