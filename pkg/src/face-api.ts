/**
 * The calls of face-api.js that people use, on Rostro's engine, in dlib's space (`dlib-resnet-v1`): a page that was written
 * for face-api.js changes its import.
 *
 * ```ts
 * import * as faceapi from "rostro/face-api";
 *
 * await faceapi.nets.ssdMobilenetv1.loadFromUri("/models"); // the address is not used: the models come with the package
 * const found = await faceapi.detectSingleFace(video).withFaceLandmarks().withFaceDescriptor();
 * const matcher = new faceapi.FaceMatcher([new faceapi.LabeledFaceDescriptors("Ana", samples)]);
 * if (found) console.log(matcher.findBestMatch(found.descriptor).toString());
 * ```
 *
 * Landmarks are five points, not 68. Expressions, age and gender are not offered. What works best with this engine is
 * `rostro` itself: it follows faces, decides by a false-match rate and has a model that is surer than dlib's.
 *
 * @module
 */
import { nets } from "./face-api/engine.js";

export { close, configure, nets, tf, type FaceApiOptions, type Missing, type Net } from "./face-api/engine.js";
export * as draw from "./face-api/draw.js";
export {
  BoundingBox,
  Box,
  Dimensions,
  Point,
  Rect,
  type IBoundingBox,
  type IDimensions,
  type IRect,
} from "./face-api/geometry.js";
export {
  euclideanDistance,
  FaceMatch,
  FaceMatcher,
  LabeledFaceDescriptors,
  type FaceMatcherInput,
  type FaceMatcherJson,
  type LabeledFaceDescriptorsJson,
} from "./face-api/matching.js";
export {
  bufferToImage,
  createCanvasFromMedia,
  fetchImage,
  getMediaDimensions,
  matchDimensions,
  type Media,
  type NetInput,
} from "./face-api/media.js";
export {
  FaceDetection,
  FaceLandmarks,
  resizeResults,
  type WithFaceDescriptor,
  type WithFaceDetection,
  type WithFaceLandmarks,
} from "./face-api/results.js";
export {
  computeFaceDescriptor,
  detectAllFaces,
  detectSingleFace,
  SsdMobilenetv1Options,
  TinyFaceDetectorOptions,
  type AllWithLandmarksTask,
  type DetectAllFacesTask,
  type DetectionOptions,
  type DetectSingleFaceTask,
  type Described,
  type Located,
  type SingleWithLandmarksTask,
  type Task,
} from "./face-api/tasks.js";
export { RostroError } from "./errors.js";

/** Loads the recogniser, by the name that face-api.js has for one of its networks. */
export const loadTinyFaceDetectorModel = (uri?: string) => nets.tinyFaceDetector.loadFromUri(uri);
/** As {@link loadTinyFaceDetectorModel}. */
export const loadSsdMobilenetv1Model = (uri?: string) => nets.ssdMobilenetv1.loadFromUri(uri);
/** As {@link loadTinyFaceDetectorModel}. */
export const loadFaceDetectionModel = loadSsdMobilenetv1Model;
/** As {@link loadTinyFaceDetectorModel}. */
export const loadFaceLandmarkModel = (uri?: string) => nets.faceLandmark68Net.loadFromUri(uri);
/** As {@link loadTinyFaceDetectorModel}. */
export const loadFaceLandmarkTinyModel = (uri?: string) => nets.faceLandmark68TinyNet.loadFromUri(uri);
/** As {@link loadTinyFaceDetectorModel}. */
export const loadFaceRecognitionModel = (uri?: string) => nets.faceRecognitionNet.loadFromUri(uri);
