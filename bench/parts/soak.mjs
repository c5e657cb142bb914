/** Faces followed for long, as a kiosk does: whether memory grows, and whether the page's own thread is ever held up. */
import { join } from "node:path";

import { camera, launch, open } from "../lib/browser.mjs";
import { FLAGS, held, mega } from "../lib/memory.mjs";
import { serve } from "../lib/server.mjs";

const MODELS = ["sface-2021dec", "dlib-resnet-v1"];
/** What measuring memory holds up is not the recogniser's. */
const SETTLE_MS = 1000;

export async function soak({ chromium, mounts, clips, minutes, quick, say }) {
  const server = await serve(mounts, { isolated: true });
  const { browser, session } = await launch(chromium, [...FLAGS, ...camera(join(clips, "640x480-1.y4m"))]);
  try {
    const { page, call } = await open(browser, server, { name: "soak", site: "soak", contestant: "follow", config: { models: MODELS, width: 640, height: 480, enrolled: 1000, metered: true } });
    await call("follow");
    const taken = [];
    for (let minute = 1; minute <= minutes; minute++) {
      const { frames, faces, longTasks, errors } = await call("take", quick ? 2000 : 60_000);
      const mark = { minute, frames, faces, longTasks, errors, ...(await held(page, session, call)) };
      taken.push(mark);
      say(`minute ${minute}: ${frames} frames, ${mega(mark.wasmBytes)} wasm, ${mega(mark.scriptBytes)} scripts, ${longTasks.length} long tasks`);
      await page.waitForTimeout(SETTLE_MS);
    }
    return taken;
  } finally {
    await browser.close();
    server.close();
  }
}
