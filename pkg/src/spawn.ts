/** Starts a worker with the script of this package. `worker.ts` must never import this file. */
export function spawnWorker(): Worker {
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "rostro" });
}
