/** `node run.mjs CONFIG`: runs parts of the bench and prints what was measured, raw, as one JSON object. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { launch } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { frame } from "./parts/frame.mjs";
import { group } from "./parts/group.mjs";
import { memory } from "./parts/memory.mjs";
import { networks } from "./parts/networks.mjs";
import { soak } from "./parts/soak.mjs";
import { start } from "./parts/start.mjs";
import { video } from "./parts/video.mjs";

const PARTS = { networks, frame, group, start, memory, video, soak };

const config = JSON.parse(process.argv[2] ?? "{}");
const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..");
const mounts = {
  pages: join(here, "pages"),
  modules: join(here, "node_modules"),
  "bench-wasm": join(root, "target/bench-wasm"),
  pkg: join(root, "pkg"),
  models: join(root, "models"),
  pictures: join(root, "crates/rostro-testkit/fixtures"),
};
if (config.originals) mounts.originals = config.originals;

/** Where what takes long to make is kept for the next run. */
const kept = join(root, "target/bench");

const say = (text) => process.stderr.write(`  ${text}\n`);
const server = await serve(mounts);
const measured = {};
try {
  const { browser } = await launch(config.chromium);
  measured.chromium = browser.version();
  await browser.close();
  for (const part of config.parts) {
    say(`${part}:`);
    measured[part] = await PARTS[part]({ ...config, mounts, server, kept, say });
  }
  process.stdout.write(`${JSON.stringify(measured)}\n`);
} finally {
  server.close();
}
