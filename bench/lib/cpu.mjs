/** CPU time of the browser's processes, from Linux's scheduler: nanoseconds, where other clocks count in ticks of 10 ms. */
import { readdir, readFile } from "node:fs/promises";

/** Milliseconds on the processor, from a `schedstat` file. */
export function schedstatMs(text) {
  const [ran] = text.trim().split(/\s+/);
  const nanoseconds = Number(ran);
  if (!Number.isFinite(nanoseconds)) throw new Error("a schedstat file begins with a number");
  return nanoseconds / 1e6;
}

/** Milliseconds that each thread of the process has run, by name; threads of one name are added. */
export async function threadsMs(pid) {
  const sums = new Map();
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  for (const task of tasks) {
    const folder = `/proc/${pid}/task/${task}`;
    try {
      const [name, text] = await Promise.all([readFile(`${folder}/comm`, "utf8"), readFile(`${folder}/schedstat`, "utf8")]);
      sums.set(name.trim(), (sums.get(name.trim()) ?? 0) + schedstatMs(text));
    } catch {
      // The thread has ended meanwhile.
    }
  }
  return sums;
}

/** Ids of the browser's renderers. */
export async function renderers(session) {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}

/** Milliseconds that all renderers have run; `thread` counts threads of that name only. */
export async function renderersMs(session, thread) {
  let sum = 0;
  for (const pid of await renderers(session)) {
    for (const [name, ms] of await threadsMs(pid)) if (thread === undefined || name === thread) sum += ms;
  }
  return sum;
}
