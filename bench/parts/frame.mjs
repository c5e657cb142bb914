/** The whole frame: detect, align, embed, and identify among 1,000. */
import { launch, tryOpen } from "../lib/browser.mjs";
import { renderersMs } from "../lib/cpu.mjs";
import { takeTurns } from "../lib/rounds.mjs";

const CONFIG = { picture: "/pictures/obama-2009.png", width: 640, height: 480, enrolled: 1000 };

const ENTRIES = [
  { name: "rostro, SFace", contestant: "rostro-frame", config: { ...CONFIG, models: ["sface-2021dec"] } },
  { name: "rostro, dlib", contestant: "rostro-frame", config: { ...CONFIG, models: ["dlib-resnet-v1"] } },
  { name: "face-api", contestant: "faceapi-frame", config: CONFIG },
  { name: "human", contestant: "human-frame", config: CONFIG },
];

export async function frame({ chromium, server, quick, say }) {
  const { browser, session } = await launch(chromium);
  try {
    const opened = [];
    for (const [index, entry] of ENTRIES.entries()) opened.push(await tryOpen(browser, server, { ...entry, site: `f${index}` }));
    const running = opened.filter(({ failed }) => failed === undefined);
    const samples = await takeTurns(running, { rounds: quick ? 7 : 21, burstMs: 400, cpuMs: () => renderersMs(session), say });
    for (const { name, page, about } of running) {
      Object.assign(samples[name], about, { stages: await page.evaluate(() => window.contestant.call("told")) });
    }
    const failed = Object.fromEntries(opened.filter(({ failed }) => failed).map(({ name, failed }) => [name, failed]));
    failed["MediaPipe's face detector"] = "@mediapipe/face_detection computes with WebGL; where that is done in software, as here, it takes 130 ms a frame, which is not its fault";
    return { samples, failed };
  } finally {
    await browser.close();
  }
}
