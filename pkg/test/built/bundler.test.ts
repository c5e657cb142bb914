import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
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
  await writeFile(path.join(app, "index.html"), '<!doctype html><script type="module" src="/main.js"></script>');
  await writeFile(
    path.join(app, "main.js"),
    'import { createRecognizer } from "rostro"; globalThis.createRecognizer = createRecognizer;',
  );
});

afterAll(() => rm(app, { recursive: true }));

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
