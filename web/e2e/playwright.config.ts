/**
 * The whole line in a browser: `npm run e2e`, with relay and web app running. `cargo xtask test --only e2e` starts both.
 *
 * Each file of these tests opens browsers of its own, because the camera's clip is an option of the browser's start.
 */
import { defineConfig } from "@playwright/test";

import { WORK } from "./environment";

export default defineConfig({
  testDir: ".",
  projects: [
    { name: "account", testMatch: "account.e2e.ts" },
    // They use the session that the first makes.
    { name: "app", testMatch: "*.e2e.ts", testIgnore: "account.e2e.ts", dependencies: ["account"] },
  ],
  outputDir: `${WORK}/results`,
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 180_000,
  // Two cores that do other things as well may need long for a first recognition; nothing here is about speed.
  expect: { timeout: 60_000 },
  reporter: [["list"]],
});
