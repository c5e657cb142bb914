/** The machine's peak of multiply-adds; a run is a million rounds of them. */
let module;

export async function prepare({ build }) {
  module = await import(`/bench-wasm/${build}/rostro_bench_wasm.js`);
  await module.default();
  return { macsPerRun: 1e6 * module.peakMacsPerRound(), fused: module.isRelaxed() };
}

export function run(times) {
  for (let i = 0; i < times; i++) module.peak(1e6, 1e-9, 1e-9);
}
