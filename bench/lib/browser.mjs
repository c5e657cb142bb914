/** Chromium, and contestants in pages of their own. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { chromium } from "playwright-core";

import { renderers } from "./cpu.mjs";

const COMMON = ["--no-sandbox", "--site-per-process", "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--disable-gpu"];

/** Starts Chromium with `more` flags; `session` is a CDP session with the browser itself. */
export async function launch(program, more = []) {
  const browser = await chromium.launch({ executablePath: program, headless: true, args: [...COMMON, ...more] });
  return { browser, session: await browser.newBrowserCDPSession() };
}

/** Flags for a camera that plays the file `clip`. */
export const camera = (clip) => ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${clip}`];

/** Starts Chromium with its profile in `folder`, where its caches stay as those of a user do. */
export function launchProfile(program, folder) {
  return chromium.launchPersistentContext(folder, { executablePath: program, headless: true, args: COMMON });
}

/** Keeps all threads of the renderers to the machine's first core; what they start later too. */
export async function toOneCore(session) {
  for (const pid of await renderers(session)) await promisify(execFile)("taskset", ["--all-tasks", "--pid", "--cpu-list", "0", String(pid)]);
}

/**
 * Has `page`, on the site of `server` called `site`, run the module `contestant` of `pages/contestants/`, prepared with
 * `config`. `inWorker` runs it in a dedicated worker, otherwise it runs where the page does.
 */
export async function prepare(page, server, { name, site, contestant, inWorker, config }) {
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  try {
    await page.goto(`${server.url(site)}/pages/contestant.html`);
    await page.waitForFunction(() => window.contestant !== undefined);
    return await page.evaluate(([contestant, inWorker, config]) => window.contestant.prepare(contestant, inWorker, config), [contestant, inWorker, config]);
  } catch (error) {
    throw new Error(`${name}: ${error.message}\n${said.slice(-5).join("\n")}`, { cause: error });
  }
}

/** As {@link prepare}, in a new page of `browser` with cookies and caches of its own. */
export async function open(browser, server, options) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const about = await prepare(page, server, options);
    return {
      name: options.name,
      page,
      about,
      run: (times) => page.evaluate((times) => window.contestant.run(times), times),
      call: (name, ...args) => page.evaluate(([name, args]) => window.contestant.call(name, ...args), [name, args]),
      close: () => context.close(),
    };
  } catch (error) {
    await context.close();
    throw error;
  }
}

/** As {@link open}, but gives the reason as `failed` instead of throwing. */
export async function tryOpen(browser, server, options) {
  try {
    return await open(browser, server, options);
  } catch (error) {
    return { name: options.name, failed: String(error.message).split("\n").slice(0, 3).join(" ") };
  }
}
