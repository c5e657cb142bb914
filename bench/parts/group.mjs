/** Several people in one picture, by one worker and by two that share them. */
import { launch, tryOpen } from "../lib/browser.mjs";
import { renderersMs } from "../lib/cpu.mjs";
import { takeTurns } from "../lib/rounds.mjs";

const CONFIG = { picture: "/pictures/obama-2009.png", width: 1280, height: 720 };

const ENTRIES = [4, 10].flatMap((people) =>
  [0, 1].map((helpers) => ({ name: `${people} faces, ${helpers === 0 ? "one worker" : "two workers"}`, contestant: "rostro-group", config: { ...CONFIG, people, helpers } })));

export async function group({ chromium, server, quick, say }) {
  const { browser, session } = await launch(chromium);
  try {
    const opened = [];
    for (const [index, entry] of ENTRIES.entries()) opened.push(await tryOpen(browser, server, { ...entry, site: `g${index}` }));
    const running = opened.filter(({ failed }) => failed === undefined);
    const samples = await takeTurns(running, { rounds: quick ? 5 : 15, burstMs: 500, warmUp: 2, cpuMs: () => renderersMs(session), say });
    const failed = Object.fromEntries(opened.filter(({ failed }) => failed).map(({ name, failed }) => [name, failed]));
    return { samples, failed };
  } finally {
    await browser.close();
  }
}
