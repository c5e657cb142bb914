/** Chromium, and contestants in pages of their own. */
import { chromium } from "playwright-core";

const COMMON = ["--no-sandbox", "--site-per-process", "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--disable-gpu"];

/** Starts Chromium with `more` flags; `session` is a CDP session with the browser itself. */
export async function launch(program, more = []) {
  const browser = await chromium.launch({ executablePath: program, headless: true, args: [...COMMON, ...more] });
  return { browser, session: await browser.newBrowserCDPSession() };
}

/**
 * Opens the module `contestant` of `pages/contestants/` on the site of `server` called `site` and prepares it with `config`.
 * `inWorker` runs it in a dedicated worker, otherwise it runs where the page does.
 */
export async function open(browser, server, { name, site, contestant, inWorker, config }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  await page.goto(`${server.url(site)}/pages/contestant.html`);
  await page.waitForFunction(() => window.contestant !== undefined);
  try {
    const about = await page.evaluate(([contestant, inWorker, config]) => window.contestant.prepare(contestant, inWorker, config), [contestant, inWorker, config]);
    return { name, page, about, run: (times) => page.evaluate((times) => window.contestant.run(times), times), close: () => context.close() };
  } catch (error) {
    await context.close();
    throw new Error(`${name}: ${error.message}\n${said.slice(-5).join("\n")}`, { cause: error });
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
