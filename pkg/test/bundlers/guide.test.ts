/** `docs/nextjs.md`, followed word by word: the files that it names, built by Next.js, beside the real relay, in Chromium. */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RelayAdmin } from "../../src/next.js";
import { makeClip } from "../built/clip.js";
import { launchKept, REPOSITORY } from "../built/harness.js";
import { startRelay, type RunningRelay } from "../../../server/tests/clients/relay.mjs";
import { freePort, nextApp, nextBuilt, nextServed, PORTRAIT, WORK, type Served } from "./apps.js";
import { laidFromDocs } from "./docs.js";

const KEY = "la-clave-del-rele";
const SECRET = "the-webhooks-secret";
const NAME = "Eileen Collins";
const CLIP = path.join(WORK, "guide.mjpeg");

let relay: RunningRelay;
let admin: RelayAdmin;
let app: Served;
let browser: BrowserContext;

beforeAll(async () => {
  await mkdir(WORK, { recursive: true });
  await makeClip(PORTRAIT, CLIP);
  const folder = await nextApp("guide");
  await laidFromDocs("nextjs.md", folder);
  await nextBuilt(folder);
  const port = await freePort();
  relay = await startRelay({
    ROSTRO_API_KEY: KEY,
    NEXTJS_WEBHOOK_URL: `http://127.0.0.1:${port}/api/facial-recognition/webhook`,
    FACIAL_RECOGNITION_WEBHOOK_SECRET: SECRET,
  });
  admin = new RelayAdmin({ url: relay.url, apiKey: KEY });
  const settings = { ROSTRO_URL: relay.url, ROSTRO_API_KEY: KEY, FACIAL_RECOGNITION_WEBHOOK_SECRET: SECRET };
  app = await nextServed(folder, "start", [], settings, port);
  browser = await launchKept(CLIP);
});

afterAll(async () => {
  await browser?.close();
  await app?.stop();
  await relay?.stop();
});

/** Opens a page and turns its camera on; what the policy refuses, or the page throws, fails the test. */
async function inFrontOf(address: string, use: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) errors.push(message.text());
  });
  await page.goto(app.url + address);
  // Whoever left the camera on finds it on.
  await page.locator(".rostro-start").first().click({ timeout: 3_000 }).catch(() => undefined);
  await use(page);
  await page.close();
  expect(errors).toEqual([]);
}

const named = (page: Page) => page.locator(".rostro-face", { hasText: NAME }).first();

it("a name over the face, of somebody who was enrolled in this browser", async () => {
  await inFrontOf("/hello", async (page) => {
    page.on("dialog", (dialog) => void dialog.accept(NAME));
    await page.locator(".rostro-files:enabled").setInputFiles(PORTRAIT);
    await page.locator(".rostro-done:enabled").click();
    await named(page).waitFor();
  });
});

it("with a relay: the name, a report of it, and the webhook", async () => {
  const rostro = path.join(REPOSITORY, "target/release/rostro");
  const models = { env: { ...process.env, ROSTRO_MODELS: path.join(REPOSITORY, "models") }, maxBuffer: 1 << 24 };
  const told = await promisify(execFile)(rostro, ["embed", "--model", "sface-2021dec", "--json-lines", PORTRAIT], models);
  const { faces }: { faces: [{ embedding: number[] }] } = JSON.parse(told.stdout);
  await admin.enrol({ name: NAME, samples: [{ model: "sface-2021dec", embedding: faces[0].embedding }] });

  await inFrontOf("/door", async (page) => {
    await named(page).waitFor();
    await expect.poll(async () => (await admin.events()).map(({ face }) => face.name), { timeout: 30_000 }).toContain(NAME);
  });
  const [event] = await admin.events();
  expect(event).toMatchObject({ camera_id: "front-door", face: { verified: "server" } });
  await expect
    .poll(async () => (await admin.deliveries("env", { state: "delivered" })).deliveries.length, { timeout: 30_000 })
    .toBeGreaterThan(0);
});
