import * as faceapi from "/modules/@vladmandic/face-api/dist/face-api.esm.js";

import { picture } from "./picture.js";

let canvas;
let steps;
const { tf } = faceapi;
const options = () => new faceapi.TinyFaceDetectorOptions({ inputSize: 320 });

export async function prepare({ picture: url, width, height }) {
  tf.setWasmPaths("/modules/@tensorflow/tfjs-backend-wasm/dist/");
  if (!(await tf.setBackend("wasm"))) throw new Error("tfjs has no wasm backend");
  await tf.ready();
  const models = "/modules/@vladmandic/face-api/model";
  for (const net of ["tinyFaceDetector", "faceLandmark68TinyNet", "faceRecognitionNet"]) await faceapi.nets[net].load(models);
  canvas = await picture(url, width, height);
  steps = { detect: [], landmarks: [], recognition: [] };
  return { faces: (await whole()).length, backend: tf.getBackend() };
}

/** Its three steps. Looking the face up among others is left out, though ours is timed with it. */
const whole = () => faceapi.detectAllFaces(canvas, options()).withFaceLandmarks(true).withFaceDescriptors();

export async function run(times) {
  for (let i = 0; i < times; i++) await whole();
}

/** Milliseconds of each step by itself, of twenty runs. */
export async function told() {
  for (let i = 0; i < 20; i++) {
    const [begun, detections] = [performance.now(), await faceapi.detectAllFaces(canvas, options())];
    const detected = performance.now();
    const [face] = await faceapi.extractFaces(canvas, detections);
    const cut = performance.now();
    await faceapi.nets.faceLandmark68TinyNet.detectLandmarks(face);
    const placed = performance.now();
    await faceapi.computeFaceDescriptor(face);
    steps.detect.push(detected - begun);
    steps.landmarks.push(placed - cut);
    steps.recognition.push(performance.now() - placed);
  }
  return steps;
}
