/** A page of its own site with the relay's client, as a bundler makes it. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { build } from "vite";
import type { RelayClient } from "../../src/relay.js";
import { PACKAGE, Site } from "./harness.js";

declare global {
  var Client: typeof RelayClient;
}

/** Builds and serves it; its address, and what ends it. */
export async function servedRelayPage(): Promise<{ address: string; stop: () => Promise<void> }> {
  const app = await mkdtemp(path.join(tmpdir(), "rostro-relay-page-"));
  await mkdir(path.join(app, "node_modules"));
  await symlink(PACKAGE, path.join(app, "node_modules/rostro"));
  await writeFile(path.join(app, "index.html"), '<!doctype html><script type="module" src="/main.js"></script>');
  await writeFile(path.join(app, "main.js"), 'import { RelayClient } from "rostro/relay"; globalThis.Client = RelayClient;');
  await build({ root: app, logLevel: "error", configFile: false });
  const site = await new Site({ "/app": path.join(app, "dist"), "/assets": path.join(app, "dist/assets") }).start();
  // The relay is elsewhere.
  site.csp = "default-src 'self'; connect-src *";
  const stop = async () => {
    await site.stop();
    await rm(app, { recursive: true });
  };
  return { address: `${site.origin}/app/index.html`, stop };
}

/** Ids of the reports for the relay at `url` in the browser's database. */
export const keptReports = (page: Page, url: string): Promise<string[]> =>
  page.evaluate(
    (name) =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(opening.error as Error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction("reports").objectStore("reports").getAllKeys();
          reading.onsuccess = () => {
            opening.result.close();
            resolve(reading.result.map(String));
          };
        };
      }),
    `rostro-reports ${url}`,
  );
