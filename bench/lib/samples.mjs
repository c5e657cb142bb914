/** What is made of samples before they are handed on. */

/** Distance of two outputs, as a share of the second's length. */
export function difference(a, b) {
  if (!a || !b) return undefined;
  const length = (values) => Math.hypot(...values);
  return length(a.map((value, i) => value - b[i])) / length(b);
}

/** What was followed second by second, as one. */
export function together(each) {
  const sum = (of) => each.reduce((all, one) => all + of(one), 0);
  const frames = sum((one) => one.frames);
  const stages = Object.keys(each[0].stagesMs);
  return {
    frames,
    faces: sum((one) => one.faces),
    framesPerSecond: (1000 * frames) / sum((one) => one.ms),
    cpuMsPerFrame: sum((one) => one.cpuMs) / frames,
    workerMsPerFrame: sum((one) => one.workerMs) / frames,
    stagesMs: Object.fromEntries(stages.map((stage) => [stage, sum((one) => one.stagesMs[stage]) / frames])),
    cpuMs: each.map((one) => one.cpuMs / one.frames),
    wallMs: each.flatMap((one) => one.latencyMs),
    longTasks: each.flatMap((one) => one.longTasks),
    errors: each.flatMap((one) => one.errors),
  };
}
