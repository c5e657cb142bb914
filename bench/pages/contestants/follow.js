/** Follows the faces that a camera shows. */
import { createRecognizer } from "/pkg/dist/index.js";

import { people } from "./picture.js";

let recognizer;
let video;
let watch;
let seen = nothing();

function nothing() {
  return { frames: 0, faces: 0, latencyMs: [], stagesMs: {}, longTasks: [], errors: [] };
}

export async function prepare({ models, width, height, enrolled, metered }) {
  video = document.createElement("video");
  Object.assign(video, { muted: true, width: 320, height: 240 });
  document.body.append(video);
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: { exact: width }, height: { exact: height }, frameRate: 30 } });
  await video.play();
  const worker = metered ? () => new Worker("/pages/metered-worker.js", { type: "module" }) : undefined;
  recognizer = await createRecognizer({ ...(models ? { models } : {}), ...(worker ? { worker } : {}) });
  const entries = people(enrolled, 128).map((embedding, i) => ({ person_id: String(i), name: `person ${i}`, embedding }));
  for (const model of recognizer.models) await recognizer.setGallery({ model, entries });
  new PerformanceObserver((list) => seen.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  return { build: recognizer.build };
}

/** Sets how many frames a second the camera gives. */
export const rate = (framesPerSecond) => video.srcObject.getVideoTracks()[0].applyConstraints({ frameRate: framesPerSecond });

/** Follows from now on. */
export function follow() {
  watch = recognizer.watch(video, count, { follow: true, onError: ({ message }) => seen.errors.push(message) });
}

/** Ends what {@link follow} began; the video plays on. */
export const stop = () => watch.stop();

/** What comes of the next `ms`. */
export async function take(ms) {
  seen = nothing();
  const begun = performance.now();
  await new Promise((done) => setTimeout(done, ms));
  return { ...seen, ms: performance.now() - begun };
}

function count({ faces, timing }) {
  seen.frames += 1;
  seen.faces += faces.length;
  seen.latencyMs.push(timing.totalMs);
  for (const [stage, ms] of Object.entries(timing)) seen.stagesMs[stage] = (seen.stagesMs[stage] ?? 0) + ms;
}

/** Follows `frames` frames as fast as they are done, without waiting for the camera's next. */
export function frames(wanted) {
  return new Promise((done, failed) => {
    video.requestVideoFrameCallback = (then) => setTimeout(then, 0);
    video.cancelVideoFrameCallback = (handle) => clearTimeout(handle);
    let left = wanted;
    const watch = recognizer.watch(video, () => {
      left -= 1;
      if (left > 0) return;
      watch.stop();
      done();
    }, { follow: true, onError: failed });
  });
}

/** Bytes of the page's scripts and its workers', after a collection. The module's memory is not among them. */
export const memory = async () => (await performance.measureUserAgentSpecificMemory()).bytes;
