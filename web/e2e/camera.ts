/** A browser whose camera plays a clip. */
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { chromium, type Browser, type Page } from "@playwright/test";

import { asACameraGivesIt } from "./clips";
import { CHROMIUM, SESSION, WEB, type Subject } from "./environment";

/** What keeps Chromium to this machine and to no sandbox, which root may not have. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens the browser, with the subject's clip for a camera where there is one. */
export async function openBrowser(subject?: Subject): Promise<Browser> {
  if (!subject) return launch();
  const folder = await mkdtemp(path.join(tmpdir(), "rostro-camera-"));
  const clip = path.join(folder, "camera.mjpeg");
  await writeFile(clip, await asACameraGivesIt(subject.clip));
  const browser = await launch(
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${clip}`,
  );
  browser.once("disconnected", () => rmSync(folder, { recursive: true }));
  return browser;
}

function launch(...more: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, ...more] });
}

/** Gives `use` a page of the web app in front of the subject, and fails it for an error on the page. */
export async function inFrontOf(subject: Subject, use: (page: Page) => Promise<void>): Promise<void> {
  const browser = await openBrowser(subject);
  try {
    const page = await browser.newPage({
      baseURL: WEB,
      storageState: SESSION,
      locale: "en-US",
      colorScheme: "light",
      viewport: { width: 1280, height: 860 },
    });
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    await page.addInitScript(countMainThreadWasm);
    await use(page);
    if (errors[0]) throw errors[0];
  } finally {
    await browser.close();
  }
}

/** How often the page's own thread, not a worker's, made something of WebAssembly. */
export function mainThreadWasm(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as { mainThreadWasm?: number }).mainThreadWasm ?? 0);
}

/** Runs in the page before anything else. */
function countMainThreadWasm(): void {
  const counter = globalThis as { mainThreadWasm?: number };
  for (const name of ["instantiate", "instantiateStreaming", "compile", "compileStreaming"] as const) {
    const original = WebAssembly[name] as (...given: unknown[]) => unknown;
    Object.assign(WebAssembly, {
      [name](...given: unknown[]): unknown {
        counter.mainThreadWasm = (counter.mainThreadWasm ?? 0) + 1;
        return original.apply(WebAssembly, given);
      },
    });
  }
}
