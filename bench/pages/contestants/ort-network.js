import * as ort from "/modules/onnxruntime-web/dist/ort.wasm.min.mjs";

import { bytes, input } from "./input.js";
import { resized } from "./onnx.js";

let session;
let feeds;

export async function prepare({ url, height, width, extra = {} }) {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = "/modules/onnxruntime-web/dist/";
  ort.env.logLevel = "error";
  const onnx = resized(await bytes(url), height, width);
  session = await ort.InferenceSession.create(onnx, { executionProviders: ["wasm"], graphOptimizationLevel: "all", extra });
  feeds = { [session.inputNames[0]]: new ort.Tensor("float32", input(height, width), [1, 3, height, width]) };
  const outputs = await session.run(feeds);
  return { output: [...outputs[session.outputNames[0]].data.slice(0, 128)] };
}

export async function run(times) {
  for (let i = 0; i < times; i++) await session.run(feeds);
}
