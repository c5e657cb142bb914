import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, PACKAGE, REPOSITORY, Site } from "./harness.js";

const run = promisify(execFile);

let app: string;

beforeAll(async () => {
  app = await mkdtemp(path.join(tmpdir(), "rostro-vite-"));
  const installed = path.join(app, "node_modules/rostro");
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", path.join(PACKAGE, "rostro-0.1.0.tgz"), "-C", installed, "--strip-components=1"]);
  for (const name of ["idb", "socket.io-client"]) {
    await symlink(path.join(PACKAGE, "node_modules", name), path.join(app, "node_modules", name));
  }
  await writeFile(path.join(app, "index.html"), '<!doctype html><script type="module" src="/main.js"></script>');
  await writeFile(
    path.join(app, "main.js"),
    'import { createRecognizer } from "rostro"; globalThis.createRecognizer = createRecognizer;',
  );
});

afterAll(() => rm(app, { recursive: true }));

/** Bytes of everything in the built app that ends so, after gzip. */
async function gzipped(folder: string, ending: string): Promise<number> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(ending));
  const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(path.join(folder, file))).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Builds an app of this one line into a folder of its own. */
async function builtOf(name: string, line: string): Promise<string> {
  const root = path.join(app, "sizes", name);
  await mkdir(root, { recursive: true });
  await writeFile(path.join(root, "index.html"), '<!doctype html><script type="module" src="/main.js"></script>');
  await writeFile(path.join(root, "main.js"), line);
  await build({ root, logLevel: "error", configFile: false });
  return path.join(root, "dist/assets");
}

it("brings no more than it promises, and without the models none of them", async () => {
  const make = 'globalThis.made = createRecognizer({ modelUrl: "/models/" });';
  const whole = await builtOf("whole", `import { createRecognizer } from "rostro"; ${make}`);
  const slim = await builtOf("slim", `import { createRecognizer } from "rostro/slim"; ${make}`);
  // Page and worker together; the worker's part is loaded by the worker.
  expect(await gzipped(whole, ".js")).toBeLessThan(30_000);
  expect((await readdir(whole)).filter((file) => /\.(graph|bin)$/u.test(file))).toHaveLength(4);
  expect((await readdir(slim)).filter((file) => /\.(graph|bin)$/u.test(file))).toEqual([]);
  // The fastest build alone, as a browser downloads one.
  const [fastest] = (await readdir(slim)).filter((file) => /relaxed.*\.wasm$/u.test(file));
  const wasm = await readFile(path.join(slim, fastest ?? ""));
  expect(gzipSync(wasm).length).toBeLessThan(300_000);
});

it("brings only what is imported", async () => {
  const alone = await gzipped(await builtOf("nothing", "globalThis.made = 1;"), ".js");
  const sizeOf = async (name: string, imported: string, from: string) => {
    const assets = await builtOf(name, `import { ${imported} } from "${from}"; globalThis.made = ${imported};`);
    return (await gzipped(assets, ".js")) - alone;
  };
  expect(await sizeOf("who", "whoIs", "rostro")).toBeLessThan(1_000);
  expect(await sizeOf("error", "RostroError", "rostro")).toBeLessThan(1_000);
  expect(await sizeOf("matcher", "FaceMatcher", "rostro/face-api")).toBeLessThan(2_000);
  expect(await sizeOf("sightings", "Sightings", "rostro/relay")).toBeLessThan(1_500);
  // Next's server takes in neither the socket nor the recogniser with the webhook.
  expect(await sizeOf("webhook", "createWebhookHandler", "rostro/next")).toBeLessThan(3_000);
});

it("the packed package works in an app that Vite builds, with no settings", async () => {
  await build({ root: app, logLevel: "error", configFile: false });
  const assets = await readdir(path.join(app, "dist/assets"));
  expect(assets.filter((file) => file.endsWith(".wasm"))).toHaveLength(3);
  expect(assets.filter((file) => file.endsWith(".graph"))).toHaveLength(3);

  const site = await new Site({
    "/app": path.join(app, "dist"),
    "/assets": path.join(app, "dist/assets"),
    "/pictures": path.join(REPOSITORY, "crates/rostro-testkit/fixtures"),
  }).start();
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`${site.origin}/app/index.html`);
    await page.waitForFunction(() => "createRecognizer" in globalThis);
    const faces = await page.evaluate(`(async () => {
      const recognizer = await createRecognizer();
      const blob = await (await fetch("/pictures/collins.png")).blob();
      const { faces } = await recognizer.recognize(blob);
      recognizer.close();
      return faces.length;
    })()`);
    expect(faces).toBe(1);
    expect(site.served.filter((file) => file.endsWith(".wasm"))).toHaveLength(1);
  } finally {
    await browser.close();
    await site.stop();
  }
});
