/** Takes turns: what slows the machine down for a while slows all contestants alike. */

/** How often to run so that it takes about `burstMs`, when once takes `onceMs`. */
export function timesFor(burstMs, onceMs) {
  return Math.max(1, Math.min(1000, Math.round(burstMs / Math.max(onceMs, 0.01))));
}

/**
 * Runs all `contestants` in turn, `rounds` times over, after a warm-up; `cpuMs` reads a clock of CPU time.
 * Samples are milliseconds of one run. A contestant is `{ name, run(times) }`.
 */
export async function takeTurns(contestants, { rounds, burstMs = 250, warmUp = 5, cpuMs, now = () => performance.now(), say = () => undefined }) {
  const fields = [];
  for (const { name, run } of contestants) {
    await run(1);
    await run(warmUp);
    const begun = now();
    await run(warmUp);
    const times = timesFor(burstMs, (now() - begun) / warmUp);
    fields.push({ name, run, times, wallMs: [], cpuMs: [] });
    say(`${name}: ${times} at a time`);
  }
  for (let round = 0; round < rounds; round++) {
    for (const field of fields) {
      const [wall, cpu] = [now(), await cpuMs()];
      await field.run(field.times);
      const [wallEnd, cpuEnd] = [now(), await cpuMs()];
      field.wallMs.push((wallEnd - wall) / field.times);
      field.cpuMs.push((cpuEnd - cpu) / field.times);
    }
  }
  return Object.fromEntries(fields.map(({ name, times, wallMs, cpuMs }) => [name, { times, wallMs, cpuMs }]));
}
