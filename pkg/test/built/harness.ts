import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContext } from "playwright-core";

/** The package's folder. */
export const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));
/** The repository's folder. */
export const REPOSITORY = path.dirname(PACKAGE.replace(/\/$/, ""));

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".jpg": "image/jpeg",
};

/** What the package promises to work with: no `unsafe-eval`. */
const CSP = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src 'self' blob: data:";

/** A web server for the package as built, the test pages, and the fixture pictures. It counts what is fetched. */
export class Site {
  /** Paths served since the last {@link forget}, in order. */
  readonly served: string[] = [];
  /** Bytes that pages posted, by path. */
  readonly posted = new Map<string, Buffer>();
  /** Replaces the body of a path; `undefined` answers 404. */
  readonly replaced = new Map<string, ((body: Buffer) => Buffer) | undefined>();
  /** Content security policy of everything served. */
  csp = CSP;
  /** What browsers may keep: nothing, so that what is not fetched again was kept by the package. */
  cacheControl = "no-store";
  /** Content type of everything served, by extension. */
  types = { ...TYPES };
  readonly #folders: Record<string, string>;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  #port = 0;

  /** Serves each folder under its key, such as `/pages`. */
  constructor(folders: Record<string, string>) {
    this.#folders = folders;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.#port = address.port;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get origin(): string {
    // A name that browsers take for secure, so that the page has the Cache API.
    return `http://localhost:${this.#port}`;
  }

  /** Forgets what was served and replaced. */
  forget(): void {
    this.served.length = 0;
    this.replaced.clear();
    this.csp = CSP;
    this.types = { ...TYPES };
    this.cacheControl = "no-store";
  }

  /** How often files of `folder` were served. */
  count(folder: string): number {
    return this.served.filter((served) => served.startsWith(folder)).length;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.origin);
    this.served.push(url.pathname);
    if (request.method === "POST") {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      this.posted.set(url.pathname, Buffer.concat(chunks));
      response.writeHead(204).end();
      return;
    }
    const file = this.#file(url.pathname);
    const known = file !== undefined && (await stat(file).catch(() => undefined))?.isFile() === true;
    const replace = this.replaced.get(url.pathname);
    if (!known || (this.replaced.has(url.pathname) && replace === undefined)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": this.types[path.extname(file)] ?? "application/octet-stream",
      "content-security-policy": this.csp,
      "x-content-type-options": "nosniff",
      "cache-control": this.cacheControl,
    });
    if (replace === undefined) createReadStream(file).pipe(response);
    else response.end(replace(await readFile(file)));
  }

  #file(pathname: string): string | undefined {
    const found = Object.entries(this.#folders).find(([prefix]) => pathname.startsWith(`${prefix}/`));
    if (found === undefined || pathname.includes("..")) return undefined;
    return path.join(found[1], pathname.slice(found[0].length));
  }
}

const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Debian's Chromium, or the one in `CHROMIUM`, with these arguments beside the usual ones. */
export function launch(...more: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: [...ARGUMENTS, ...more] });
}

/** A browser whose tabs hide each other, as a visitor's do: where Playwright starts it, every page counts as seen. */
export async function launchTabs(...more: string[]): Promise<{ tabs: BrowserContext; close: () => Promise<void> }> {
  const profile = await mkdtemp(path.join(tmpdir(), "rostro-tabs-"));
  const port = ["--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const program = spawn(EXECUTABLE, [...ARGUMENTS, ...more, "--headless=new", ...port], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((resolve) => program.once("exit", resolve));
  const close = async () => {
    program.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const browser = await chromium.connectOverCDP(await debuggingAddress(program.stderr), { noDefaults: true });
    const [tabs] = browser.contexts();
    if (tabs === undefined) throw new Error("the browser has no window");
    return { tabs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function debuggingAddress(said: Readable): Promise<string> {
  for await (const line of createInterface({ input: said })) {
    const [address] = /ws:\/\/\S+/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error("the browser did not start");
}

/** What makes a clip the browser's camera, which pages may use. */
export function cameraPlaying(clip: string): string[] {
  return [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${clip}`,
  ];
}

/** A browser with a profile on disk, as a visitor has one who comes again, and a camera that plays `clip`. */
export function launchKept(clip: string, profile = ""): Promise<BrowserContext> {
  const args = [...ARGUMENTS, ...cameraPlaying(clip)];
  return chromium.launchPersistentContext(profile, { executablePath: EXECUTABLE, args });
}
