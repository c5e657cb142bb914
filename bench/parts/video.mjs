/** Faces followed in what a camera shows: what a frame costs, and how many a second can be kept up on one core. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { camera, launch, open, toOneCore } from "../lib/browser.mjs";
import { renderersMs } from "../lib/cpu.mjs";
import { together } from "../lib/samples.mjs";

/** Frames a second of a usual camera, at which costs are measured, and of ours, where as many as can be are followed. */
const [USUAL, MOST] = [30, 60];
const WORKER = "DedicatedWorker";

export async function video({ chromium, server, clips, video: folder, quick, say }) {
  const made = [[640, 480], [1280, 720]].flatMap(([width, height]) =>
    [1, 4, 10].map((faces) => ({ name: `${width}×${height}, ${faces} ${faces === 1 ? "face" : "faces"}`, clip: join(clips, `${width}x${height}-${faces}.y4m`), width, height, faces, most: true })));
  const brought = folder ? (await readdir(folder)).filter((file) => file.endsWith(".mjpeg")).sort() : [];
  const cases = [...made, ...brought.map((file) => ({ name: file.replace(".mjpeg", ""), clip: join(folder, file) }))];
  const found = [];
  for (const one of cases) {
    found.push(await followed(one));
    const { name, cost, sustained, aloneMsPerFrame } = found.at(-1);
    const rate = sustained ? `, ${sustained.framesPerSecond.toFixed(1)} frames a second` : "";
    say(`${name}: ${cost.cpuMsPerFrame.toFixed(1)} ms a frame and ${aloneMsPerFrame.toFixed(1)} for the video, ${(cost.faces / cost.frames).toFixed(1)} faces${rate}`);
  }
  return found;

  async function followed({ name, clip, width, height, faces, most }) {
    const { browser, session } = await launch(chromium, camera(clip));
    try {
      const { call, page } = await open(browser, server, { name, site: "video", contestant: "follow", config: { width, height, enrolled: 1000 } });
      await toOneCore(session);
      await call("follow");
      await call("take", 3000);
      const cost = await seconds(quick ? 3 : 8);
      let sustained;
      if (most) {
        await call("rate", MOST);
        await call("take", 500);
        sustained = await seconds(quick ? 2 : 4);
        await call("rate", USUAL);
      }
      await call("stop");
      await page.waitForTimeout(500);
      const alone = await spent(() => page.waitForTimeout(2000));
      return { name, width, height, shown: faces, aloneMsPerFrame: alone.cpuMs / (2 * USUAL), cost, sustained };

      async function seconds(count) {
        const each = [];
        for (let second = 0; second < count; second++) each.push(await spent(() => call("take", 1000)));
        return together(each);
      }
    } finally {
      await browser.close();
    }

    async function spent(work) {
      const [cpu, worker] = [await renderersMs(session), await renderersMs(session, WORKER)];
      const result = await work();
      return { ...result, cpuMs: (await renderersMs(session)) - cpu, workerMs: (await renderersMs(session, WORKER)) - worker };
    }
  }
}
