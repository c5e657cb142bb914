/** Memory of a page that follows faces with a metered worker. */
import { readFile } from "node:fs/promises";

import { renderers } from "./cpu.mjs";

/** What Chromium needs to tell. */
export const FLAGS = ["--enable-precise-memory-info", "--enable-blink-features=ForceEagerMeasureMemory"];

/** Bytes: the module's, those of scripts in the page and its worker after a collection, and the whole process's. */
export async function held(page, session, call) {
  const worker = page.workers().find((one) => one.url().endsWith("metered-worker.js"));
  const wasmBytes = await worker.evaluate(() => globalThis.wasmMemoryBytes());
  return { wasmBytes, scriptBytes: await call("memory"), processBytes: await residentBytes(session) };
}

/** Bytes for people. */
export const mega = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Memory that the largest renderer holds. */
async function residentBytes(session) {
  const each = (await renderers(session)).map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  });
  return Math.max(...(await Promise.all(each)));
}
