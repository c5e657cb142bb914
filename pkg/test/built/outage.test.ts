/** A page in Chromium, the real relay, and a network between them that breaks in every way at once and in turn. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Receipt } from "../../src/relay.js";
import { startNetwork, type Network } from "../../../server/tests/clients/network.mjs";
import { startRelay, type RunningRelay } from "../../../server/tests/clients/relay.mjs";
import { launch } from "./harness.js";
import { keptReports, servedRelayPage } from "./relay-page.js";

/** Reports in each state of the network. */
const REPORTS = 8;

let served: Awaited<ReturnType<typeof servedRelayPage>>;
let relay: RunningRelay;
let network: Network;
let browser: Browser;

beforeAll(async () => {
  served = await servedRelayPage();
  relay = await startRelay();
  network = await startNetwork(relay.port);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await network?.stop();
  await relay?.stop();
  await served?.stop();
});

/** Loads the page, with a client that tells what arrived. */
async function loaded(page: Page, lifetimeMs: number): Promise<void> {
  await page.goto(served.address);
  await page.waitForFunction(() => "Client" in globalThis);
  await page.evaluate(
    ([url, reportLifetimeMs]) => {
      const client = new Client({ url, hybrid: true, reportLifetimeMs, reportAttempts: 1000, requestTimeoutMs: 1000, ackTimeoutMs: 1000 });
      const heard = { receipts: [] as Receipt[], givenUp: [] as string[] };
      client.onReceipt((receipt) => heard.receipts.push(receipt));
      client.onGivenUp(({ captureId }) => heard.givenUp.push(captureId));
      Object.assign(globalThis, { client, heard });
    },
    [network.url, lifetimeMs] as const,
  );
}

/** Reports so many faces, no two alike, without waiting for receipts; their captures' ids. */
function report(page: Page, count: number): Promise<string[]> {
  return page.evaluate((wanted) => {
    const { client } = globalThis as unknown as { client: InstanceType<typeof Client> };
    return Array.from({ length: wanted }, () => {
      const captureId = crypto.randomUUID();
      const embedding = Float32Array.from({ length: 128 }, () => Math.random() - 0.5);
      const face = { box: { top: 0, right: 90, bottom: 90, left: 0 }, score: 0.9, model: "sface-2021dec", embedding };
      client.report([face], { captureId }).catch(() => undefined);
      return captureId;
    });
  }, count);
}

const heard = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { heard: { receipts: Receipt[]; givenUp: string[] } }).heard);

const waiting = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { client: InstanceType<typeof Client> }).client.pendingReports);

const socket = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { client: InstanceType<typeof Client> }).client.state.socket);

async function stored(): Promise<string[]> {
  const answer = await fetch(`${relay.url}/v1/events?limit=1000`);
  const { events } = (await answer.json()) as { events: { capture_id: string }[] };
  return events.map(({ capture_id }) => capture_id);
}

it("loses nothing and doubles nothing, whatever of the network is down, and through a reload", async () => {
  const page = await browser.newPage();
  await loaded(page, 120_000);
  await expect.poll(() => socket(page)).toBe("up");
  const sent = await report(page, REPORTS);
  const settled = () => expect.poll(() => waiting(page), { timeout: 60_000 }).toBe(0);
  await settled();
  expect((await heard(page)).receipts.every(({ hybrid }) => hybrid)).toBe(true);

  network.refuse((path) => path.startsWith("/v1/reports"));
  sent.push(...(await report(page, REPORTS)));
  await settled();

  network.refuse((path) => path.startsWith("/socket.io"));
  await page.evaluate(() => (globalThis as unknown as { client: InstanceType<typeof Client> }).client.close());
  await loaded(page, 120_000);
  sent.push(...(await report(page, REPORTS)));
  await settled();

  network.cut();
  sent.push(...(await report(page, REPORTS)));
  await expect.poll(() => keptReports(page, network.url)).toHaveLength(REPORTS);
  await loaded(page, 120_000);
  sent.push(...(await report(page, REPORTS)));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  network.refuse(() => false);
  network.heal();
  await expect.poll(async () => (await stored()).sort(), { timeout: 60_000 }).toEqual(sent.sort());
  await settled();
  expect((await heard(page)).givenUp).toEqual([]);
});

it("sends nothing that grew stale while the network was down", async () => {
  const page = await browser.newPage();
  await loaded(page, 1_500);
  const before = (await stored()).length;
  network.cut();
  const stale = await report(page, REPORTS);
  await expect.poll(async () => new Set((await heard(page)).givenUp), { timeout: 30_000 }).toEqual(new Set(stale));
  network.heal();
  const [fresh] = await report(page, 1);
  await expect.poll(stored, { timeout: 60_000 }).toContain(fresh);
  expect(await stored()).toHaveLength(before + 1);
});
