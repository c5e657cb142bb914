/**
 * The packed package in real apps: Next.js by both of its bundlers, Vite, and no bundler; in development and built. Each shows
 * a name over a camera's face under a strict content security policy, and again without a network.
 */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { build, createServer as createVite, preview } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeClip } from "../built/clip.js";
import { launchKept, Site } from "../built/harness.js";
import { freePort, given, installed, laidOut, nextApp, nextBuilt, nextServed, PORTRAIT, WORK, type Served } from "./apps.js";
import { laidFromDocs, unpacked } from "./docs.js";

const CLIP = path.join(WORK, "matrix.mjpeg");
/** What holds for every app but Next.js, which brings its own. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "worker-src 'self'",
  "connect-src 'self' ws:",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
].join("; ");

beforeAll(async () => {
  await mkdir(WORK, { recursive: true });
  await makeClip(PORTRAIT, CLIP);
});

async function doorOfNext(name: string): Promise<string> {
  const app = await nextApp(name);
  await given(app, "next/app/page.tsx", "app/page.tsx");
  await given(app, "app/door.tsx", "app/door.tsx");
  return app;
}

async function builtByNext(name: string, ...flags: string[]): Promise<Served> {
  const app = await doorOfNext(name);
  await nextBuilt(app, ...flags);
  return nextServed(app, "start");
}

async function viteApp(name: string): Promise<string> {
  const app = await laidOut(name, "public");
  await given(app, "vite");
  await given(app, "app/door.tsx", "door.tsx");
  await installed(app);
  return app;
}

const viteSettings = (app: string) => ({ root: app, configFile: false, logLevel: "error" } as const);
const viteServer = { host: "127.0.0.1", headers: { "content-security-policy": POLICY } };

async function viteDevelopment(): Promise<Served> {
  const server = await createVite({ ...viteSettings(await viteApp("vite-dev")), server: { ...viteServer, port: 0 } });
  await server.listen();
  return { url: firstUrl(server.resolvedUrls), stop: () => server.close() };
}

async function viteBuilt(): Promise<Served> {
  const app = await viteApp("vite-built");
  await build(viteSettings(app));
  const server = await preview({ ...viteSettings(app), preview: { ...viteServer, port: await freePort() } });
  return { url: firstUrl(server.resolvedUrls), stop: () => server.close() };
}

function firstUrl(urls: { local: string[] } | null): string {
  const [url] = urls?.local ?? [];
  if (url === undefined) throw new Error("the server has no address");
  return url.replace(/\/$/u, "");
}

/** As the docs say. */
async function plain(): Promise<Served> {
  const app = await laidOut("plain", ".");
  await laidFromDocs("plain-page.md", app);
  await unpacked(path.join(app, "rostro"));
  const site = await new Site({ "": app }).start();
  site.csp = POLICY;
  return { url: site.origin, stop: () => site.stop() };
}

interface App {
  readonly name: string;
  readonly serve: () => Promise<Served>;
  readonly page?: string;
  readonly shows: string;
  /** Next's pages in development do not come alive before they have reached the server by WebSocket. */
  readonly needsServer?: boolean;
}

const APPS: readonly App[] = [
  { name: "Next.js, Turbopack, built", serve: () => builtByNext("next-turbopack"), shows: ".rostro-face" },
  { name: "Next.js, webpack, built", serve: () => builtByNext("next-webpack", "--webpack"), shows: ".rostro-face" },
  {
    name: "Next.js, Turbopack, development",
    serve: async () => nextServed(await doorOfNext("next-turbopack-dev"), "dev"),
    shows: ".rostro-face",
    needsServer: true,
  },
  {
    name: "Next.js, webpack, development",
    serve: async () => nextServed(await doorOfNext("next-webpack-dev"), "dev", ["--webpack"]),
    shows: ".rostro-face",
    needsServer: true,
  },
  { name: "Vite, built", serve: viteBuilt, shows: ".rostro-face" },
  { name: "Vite, development", serve: viteDevelopment, shows: ".rostro-face" },
  { name: "no bundler", serve: plain, page: "/index.html", shows: "#name" },
];

describe.each(APPS)("$name", ({ serve, page: path = "/", shows, needsServer = false }) => {
  let served: Served;
  let browser: BrowserContext;

  beforeAll(async () => {
    served = await serve();
    browser = await launchKept(CLIP);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
  });

  /** Opens the app; every error and everything that the policy refused is in `errors`. */
  async function opened(errors: string[]): Promise<Page> {
    const page = await browser.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) errors.push(message.text());
    });
    await page.goto(served.url + path);
    return page;
  }

  async function showsTheName(page: Page): Promise<void> {
    await page.locator(shows, { hasText: "Eileen Collins" }).first().waitFor();
  }

  it("names the face under a strict policy", async () => {
    const errors: string[] = [];
    const page = await opened(errors);
    await showsTheName(page);
    await page.close();
    expect(errors).toEqual([]);
  });

  if (needsServer) return;

  it("names it again without a network", async () => {
    const first = await opened([]);
    // What the page fetched before the service worker was there is not kept: the second look at it is.
    await first.evaluate(async () => {
      await navigator.serviceWorker.register("/sw.js");
      await navigator.serviceWorker.ready;
    });
    await first.reload();
    await showsTheName(first);
    await first.close();

    await served.stop();
    const offline = await opened([]);
    await showsTheName(offline);
  });
});
