/** The networks alone, against onnxruntime-web on the same files, and the machine's peak. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { launch, tryOpen } from "../lib/browser.mjs";
import { renderersMs } from "../lib/cpu.mjs";
import { takeTurns } from "../lib/rounds.mjs";

const NETWORKS = [
  { id: "yunet", file: "yunet-2023mar.onnx", height: 256, width: 320 },
  { id: "dlib", file: "dlib-resnet-v1.f16.onnx", height: 150, width: 150, shapePredictor: "/models/shape-predictor-5.bin" },
  { id: "sface", file: "sface-2021dec.int8.onnx", height: 112, width: 112, original: "face_recognition_sface_2021dec.onnx" },
];

export async function networks({ chromium, server, originals, quick, networks: wanted, say }) {
  const { browser, session } = await launch(chromium);
  const found = {};
  try {
    for (const network of NETWORKS.filter(({ id }) => !wanted || wanted.includes(id))) found[network.id] = await one(network);
  } finally {
    await browser.close();
  }
  return found;

  async function one({ id, file, height, width, shapePredictor, original }) {
    const config = { network: id, url: `/models/${file}`, shapePredictor, height, width };
    const entries = [
      { name: "rostro", contestant: "rostro-network", config: { ...config, build: "relaxed" } },
      { name: "rostro simd128", contestant: "rostro-network", config: { ...config, build: "simd" } },
      { name: "onnxruntime-web", contestant: "ort-network", config },
      { name: "peak", contestant: "peak", config: { build: "relaxed" } },
    ];
    if (original && originals && existsSync(join(originals, original))) {
      entries.push({ name: "onnxruntime-web, published file", contestant: "ort-network", config: { ...config, url: `/originals/${original}` } });
    }
    const opened = [];
    for (const [index, entry] of entries.entries()) {
      opened.push(await tryOpen(browser, server, { ...entry, site: `n${index}-${id}`, inWorker: true }));
    }
    const running = opened.filter(({ failed }) => failed === undefined);
    const samples = await takeTurns(running, { rounds: quick ? 7 : 21, cpuMs: () => renderersMs(session), say: (text) => say(`${id} ${text}`) });
    const reference = opened.find(({ name }) => name.startsWith("onnxruntime-web, ")) ?? opened.find(({ name }) => name === "onnxruntime-web");
    for (const { name, about } of running) Object.assign(samples[name], { macsPerRun: about.macsPerRun, difference: difference(about.output, reference.about?.output) });
    const failed = Object.fromEntries(opened.filter(({ failed }) => failed).map(({ name, failed }) => [name, failed]));
    await Promise.all(running.map(({ close }) => close()));
    return { samples, failed };
  }
}

/** Distance of two outputs, as a share of the second's length. */
export function difference(a, b) {
  if (!a || !b) return undefined;
  const length = (values) => Math.hypot(...values);
  return length(a.map((value, i) => value - b[i])) / length(b);
}
