import { bytes, input } from "./input.js";

let network;

export async function prepare({ build, network: name, url, shapePredictor, height, width }) {
  const module = await import(`/bench-wasm/${build}/rostro_bench_wasm.js`);
  await module.default();
  const files = await Promise.all([bytes(url), shapePredictor ? bytes(shapePredictor) : new Uint8Array()]);
  network = new module.BenchNetwork(name, ...files, height, width, input(height, width));
  return { output: [...network.run(1).slice(0, 128)] };
}

export function run(times) {
  network.run(times);
}
