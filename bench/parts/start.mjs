/** What a visit costs: bytes, and the time to the first recognised face, from nothing and from the browser's caches. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compressed } from "../lib/brotli.mjs";
import { launchProfile, prepare } from "../lib/browser.mjs";
import { contents } from "../lib/package.mjs";
import { serve } from "../lib/server.mjs";

const MEGABITS_PER_SECOND = 20;
/** Time for the browser to keep the machine code of the module. */
const SETTLE_MS = 4000;
const OPTIONS = {
  name: "first face",
  site: "visit",
  contestant: "first-face",
  config: { picture: "/pictures/obama-2009.png", width: 640, height: 480, enrolled: 1000 },
};

export async function start({ chromium, mounts, kept, quick, say }) {
  const { files, brotli } = await sizes(mounts.pkg, kept, say);
  const server = await serve(mounts, { bytesPerSecond: (MEGABITS_PER_SECOND * 1e6) / 8, brotli });
  const [cold, warm] = [[], []];
  try {
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      const folder = await mkdtemp(join(tmpdir(), "rostro-visit-"));
      const context = await launchProfile(chromium, folder);
      try {
        cold.push(await visit(context, server, SETTLE_MS));
        say(`from nothing: ${Math.round(cold.at(-1).ms)} ms`);
        for (let again = 0; again < 3; again++) warm.push(await visit(context, server, 0));
        say(`from caches: ${warm.slice(-3).map(({ ms }) => Math.round(ms)).join(", ")} ms`);
      } finally {
        await context.close();
        await rm(folder, { recursive: true, force: true });
      }
    }
  } finally {
    server.close();
  }
  return { megabitsPerSecond: MEGABITS_PER_SECOND, files, cold, warm };
}

async function visit(context, server, settleMs) {
  const page = await context.newPage();
  const about = await prepare(page, server, OPTIONS);
  if (settleMs > 0) {
    await page.evaluate(() => window.contestant.run(50));
    await page.waitForTimeout(settleMs);
  }
  await page.close();
  return about;
}

/** Bytes of every file of the package that browsers load; `byDefault` without any options, where all is new. */
async function sizes(folder, kept, say) {
  const { models, wasm, byDefault } = await contents(folder);
  const all = [
    ...Object.entries(wasm).map(([id, { file, url }]) => ({ id, file, url, kind: "wasm", byDefault: id === "relaxed-simd" })),
    ...Object.entries(models).map(([id, { file, url }]) => ({ id, file, url, kind: "model", byDefault: byDefault.includes(id) })),
  ];
  say("compressing");
  const brotli = new Map();
  const files = await Promise.all(all.map(async ({ url, ...about }) => {
    const path = decodeURIComponent(url().pathname);
    const small = await compressed(path, join(kept, "brotli"));
    brotli.set(path, small);
    return { ...about, bytes: (await stat(path)).size, brotliBytes: (await stat(small)).size };
  }));
  return { files, brotli };
}
