/** The networks alone, against onnxruntime-web on the same files, and the machine's peak. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { launch, tryOpen } from "../lib/browser.mjs";
import { renderersMs } from "../lib/cpu.mjs";
import { contents } from "../lib/package.mjs";
import { takeTurns } from "../lib/rounds.mjs";
import { difference } from "../lib/samples.mjs";

/** `file` is ours in the package, `onnx` the same network for onnxruntime-web: with our weights, and as it was published. */
const NETWORKS = [
  { id: "yunet", file: "yunet-2023mar", onnx: "yunet-2023mar.onnx", height: 256, width: 320 },
  { id: "dlib", file: "dlib-resnet-v1", onnx: "dlib-resnet-v1.f16.onnx", height: 150, width: 150, shapePredictor: "/models/shape-predictor-5.bin" },
  { id: "sface", file: "sface-2021dec", onnx: "sface-2021dec.int8.onnx", height: 112, width: 112, original: "face_recognition_sface_2021dec.onnx" },
];

/** Has onnxruntime widen weights of 8 bits once, when it loads them, and not in every run. */
const WIDENED = { session: { disable_quant_qdq: "1" } };

export async function networks({ chromium, server, mounts, originals, quick, networks: wanted, say }) {
  const { models } = await contents(mounts.pkg);
  const { browser, session } = await launch(chromium);
  const found = {};
  try {
    for (const network of NETWORKS.filter(({ id }) => !wanted || wanted.includes(id))) found[network.id] = await one(network);
  } finally {
    await browser.close();
  }
  return found;

  async function one({ id, file, onnx, height, width, shapePredictor, original }) {
    const ours = { network: id, url: `/pkg/models/${models[file].file}`, shapePredictor, height, width };
    const config = { url: `/models/${onnx}`, height, width };
    const entries = [
      { name: "rostro", contestant: "rostro-network", config: { ...ours, build: "relaxed" } },
      { name: "rostro simd128", contestant: "rostro-network", config: { ...ours, build: "simd" } },
      { name: "onnxruntime-web", contestant: "ort-network", config: { ...config, extra: WIDENED } },
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
