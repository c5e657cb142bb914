/**
 * The packed package in real apps: Next.js by both of its bundlers, Vite, and no bundler; in development and built. Each shows
 * a name over a camera's face under a strict content security policy, and again without a network.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { cp, mkdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import type { BrowserContext, Page } from "playwright-core";
import { build, createServer as createVite, preview } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeClip } from "../built/clip.js";
import { launchKept, PACKAGE, REPOSITORY, Site } from "../built/harness.js";

const run = promisify(execFile);
const HERE = import.meta.dirname;
const WORK = path.join(REPOSITORY, "target/bundlers");
const PORTRAIT = path.join(REPOSITORY, "crates/rostro-testkit/fixtures/collins.png");
const CLIP = path.join(WORK, "collins.mjpeg");
/** Next.js and React as the web app has them; installed by `npm ci` there. */
const INSTALLED = path.join(REPOSITORY, "web/node_modules");
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

/** Something that serves an app. */
interface Served {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

beforeAll(async () => {
  await rm(WORK, { recursive: true, force: true });
  await mkdir(WORK, { recursive: true });
  await makeClip(PORTRAIT, CLIP);
});

/** Lays an app out: its files, what it installed, the portrait, and the service worker. */
async function laidOut(name: string, from: string, open: string): Promise<string> {
  const app = path.join(WORK, name);
  await rm(app, { recursive: true, force: true });
  await cp(path.join(HERE, from), app, { recursive: true });
  await mkdir(path.join(app, open), { recursive: true });
  await cp(PORTRAIT, path.join(app, open, "portrait.png"));
  await cp(path.join(HERE, "app/sw.js"), path.join(app, open, "sw.js"));
  return app;
}

/** Installs what the web app has, by hard links, and the packed package in the place of what is there. */
async function installed(app: string): Promise<void> {
  await run("cp", ["-al", INSTALLED, path.join(app, "node_modules")]);
  const rostro = path.join(app, "node_modules/rostro");
  await rm(rostro, { recursive: true });
  await mkdir(rostro);
  await run("tar", ["-xzf", path.join(PACKAGE, "rostro-0.1.0.tgz"), "-C", rostro, "--strip-components=1"]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function answering(url: string, process: ChildProcess): Promise<void> {
  for (;;) {
    if (process.exitCode !== null) throw new Error(`the server ended with ${process.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function next(app: string, command: "dev" | "start", ...flags: string[]): Promise<Served> {
  const port = await freePort();
  const args = [path.join(app, "node_modules/next/dist/bin/next"), command, "--hostname", "127.0.0.1", "-p", `${port}`];
  const child = spawn(process.execPath, [...args, ...flags], { cwd: app, env: nextEnvironment(), stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill();
    await ended;
  };
  await answering(url, child).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, stop };
}

function nextEnvironment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _, VITEST: __, ...environment } = process.env;
  return { ...environment, NEXT_TELEMETRY_DISABLED: "1" } as NodeJS.ProcessEnv;
}

async function nextApp(name: string): Promise<string> {
  const app = await laidOut(name, "next", "public");
  await cp(path.join(HERE, "app/door.tsx"), path.join(app, "app/door.tsx"));
  await installed(app);
  return app;
}

async function nextBuilt(name: string, ...flags: string[]): Promise<Served> {
  const app = await nextApp(name);
  await run(process.execPath, [path.join(app, "node_modules/next/dist/bin/next"), "build", ...flags], {
    cwd: app,
    env: nextEnvironment(),
    maxBuffer: 16 << 20,
  });
  return next(app, "start");
}

async function viteApp(name: string): Promise<string> {
  const app = await laidOut(name, "vite", "public");
  await cp(path.join(HERE, "app/door.tsx"), path.join(app, "door.tsx"));
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

async function plain(): Promise<Served> {
  const app = await laidOut("plain", "plain", ".");
  await mkdir(path.join(app, "rostro"));
  const tarball = path.join(PACKAGE, "rostro-0.1.0.tgz");
  await run("tar", ["-xzf", tarball, "-C", path.join(app, "rostro"), "--strip-components=1"]);
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
  { name: "Next.js, Turbopack, built", serve: () => nextBuilt("next-turbopack"), shows: ".rostro-face" },
  { name: "Next.js, webpack, built", serve: () => nextBuilt("next-webpack", "--webpack"), shows: ".rostro-face" },
  {
    name: "Next.js, Turbopack, development",
    serve: async () => next(await nextApp("next-turbopack-dev"), "dev"),
    shows: ".rostro-face",
    needsServer: true,
  },
  {
    name: "Next.js, webpack, development",
    serve: async () => next(await nextApp("next-webpack-dev"), "dev", "--webpack"),
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
