/** Apps for tests: laid out, installed, built and served as a user would. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { cp, mkdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { REPOSITORY } from "../built/harness.js";
import { laidFromDocs, unpacked } from "./docs.js";

const run = promisify(execFile);
const HERE = import.meta.dirname;

/** Where apps are laid out. */
export const WORK = path.join(REPOSITORY, "target/bundlers");
/** Whom apps know. */
export const PORTRAIT = path.join(REPOSITORY, "crates/rostro-testkit/fixtures/collins.png");
/** Next.js and React as the web app has them; installed by `npm ci` there. */
const INSTALLED = path.join(REPOSITORY, "web/node_modules");

/** Something that serves an app. */
export interface Served {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** An empty app with the portrait, and the service worker of the docs, in its folder of open files. */
export async function laidOut(name: string, open: string): Promise<string> {
  const app = path.join(WORK, name);
  await rm(app, { recursive: true, force: true });
  await mkdir(path.join(app, open), { recursive: true });
  await cp(PORTRAIT, path.join(app, open, "portrait.png"));
  await laidFromDocs("kiosk.md", app, (file) => file === "public/sw.js");
  if (open !== "public") await cp(path.join(app, "public/sw.js"), path.join(app, open, "sw.js"));
  return app;
}

/** Copies files of this folder into an app. */
export async function given(app: string, from: string, to = "."): Promise<void> {
  await cp(path.join(HERE, from), path.join(app, to), { recursive: true });
}

/** Installs what the web app has, by hard links, and the packed package in the place of what is there. */
export async function installed(app: string): Promise<void> {
  await run("cp", ["-al", INSTALLED, path.join(app, "node_modules")]);
  const rostro = path.join(app, "node_modules/rostro");
  await rm(rostro, { recursive: true });
  await unpacked(rostro);
}

/** A port that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** An app of Next.js with a layout, and nothing else yet. */
export async function nextApp(name: string): Promise<string> {
  const app = await laidOut(name, "public");
  await given(app, "next/app/layout.tsx", "app/layout.tsx");
  await laidFromDocs("nextjs.md", app, (file) => file === "proxy.ts");
  await installed(app);
  return app;
}

/** Builds an app of Next.js. */
export async function nextBuilt(app: string, ...flags: string[]): Promise<void> {
  await run(process.execPath, [next(app), "build", ...flags], { cwd: app, env: environment(), maxBuffer: 16 << 20 });
}

/** Starts an app of Next.js; `more` is added to its environment. On the wished port, or a free one. */
export async function nextServed(
  app: string,
  command: "dev" | "start",
  flags: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
  wished?: number,
): Promise<Served> {
  const port = wished ?? (await freePort());
  const args = [next(app), command, "--hostname", "127.0.0.1", "-p", `${port}`, ...flags];
  const child = spawn(process.execPath, args, { cwd: app, env: { ...environment(), ...more }, stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill();
    await ended;
  };
  await answering(`${url}/portrait.png`, child).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, stop };
}

const next = (app: string) => path.join(app, "node_modules/next/dist/bin/next");

function environment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _, VITEST: __, ...own } = process.env;
  return { ...own, NEXT_TELEMETRY_DISABLED: "1" } as NodeJS.ProcessEnv;
}

async function answering(url: string, process: ChildProcess): Promise<void> {
  for (;;) {
    if (process.exitCode !== null) throw new Error(`the server ended with ${process.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
