/** Memory over ten thousand frames: the module's, that of scripts in the page and its worker, and the process's. */
import { join } from "node:path";

import { camera, launch, open } from "../lib/browser.mjs";
import { FLAGS, held, mega } from "../lib/memory.mjs";
import { serve } from "../lib/server.mjs";

const CASES = [
  { name: "SFace", models: ["sface-2021dec"], quickly: [1, 100, 300], marks: [1, 100, 1000] },
  { name: "both recognisers", models: ["sface-2021dec", "dlib-resnet-v1"], quickly: [1, 100, 300], marks: [1, 100, 10_000] },
];

export async function memory({ chromium, mounts, clips, quick, say }) {
  const server = await serve(mounts, { isolated: true });
  const found = {};
  try {
    for (const one of CASES) {
      found[one.name] = await overFrames(one, quick ? one.quickly : one.marks);
      const told = found[one.name].map(({ frames, wasmBytes, scriptBytes }) => `${frames}: ${mega(wasmBytes)} wasm, ${mega(scriptBytes)} scripts`);
      say(`${one.name}: ${told.join("; ")}`);
    }
  } finally {
    server.close();
  }
  return found;

  async function overFrames({ name, models }, marks) {
    const { browser, session } = await launch(chromium, [...FLAGS, ...camera(join(clips, "640x480-1.y4m"))]);
    try {
      const { page, call } = await open(browser, server, { name, site: "memory", contestant: "follow", config: { models, width: 640, height: 480, enrolled: 1000, metered: true } });
      const taken = [];
      for (const [index, frames] of marks.entries()) {
        await call("frames", frames - (marks[index - 1] ?? 0));
        taken.push({ frames, ...(await held(page, session, call)) });
      }
      return taken;
    } finally {
      await browser.close();
    }
  }
}
