/** Reports that wait, through reloads, in a real browser's IndexedDB. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { RelayClient } from "../../src/relay.js";
import { RelayServer } from "../unit/relayServer.js";
import { launch } from "./harness.js";
import { keptReports, servedRelayPage } from "./relay-page.js";

declare global {
  /** What a page's client told. */
  var told: { receipts: string[]; givenUp: string[] };
  /** Whether a report was tried before the database was open. */
  var triedMeanwhile: boolean | undefined;
}

let served: Awaited<ReturnType<typeof servedRelayPage>>;
let browser: Browser;
let context: BrowserContext;
let server: RelayServer;
let url: string;

beforeAll(async () => {
  served = await servedRelayPage();
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await served.stop();
});

beforeEach(async () => {
  context = await browser.newContext();
  server = await new RelayServer().start();
  url = server.url;
  await server.stop();
});

afterEach(async () => {
  await context.close();
  await server.stop();
});

/** A page with a client of the relay, which is down. */
async function open(page?: Page, reportLifetimeMs = 60_000): Promise<Page> {
  const opened = page ?? (await context.newPage());
  await opened.goto(served.address);
  await opened.waitForFunction(() => "Client" in globalThis);
  await opened.evaluate(
    ([to, lifetime]) => {
      globalThis.told = { receipts: [], givenUp: [] };
      const client = new Client({ url: to, reportLifetimeMs: lifetime, reportAttempts: 1000, requestTimeoutMs: 500 });
      client.onReceipt((receipt) => told.receipts.push(receipt.capture_id));
      client.onGivenUp(({ captureId }) => told.givenUp.push(captureId));
      Object.assign(globalThis, { client });
    },
    [url, reportLifetimeMs] as const,
  );
  return opened;
}

/** Reports a face, and does not wait for the receipt; the capture's id once it is kept. */
async function report(page: Page): Promise<string> {
  const id = crypto.randomUUID();
  await page.evaluate((captureId) => {
    const { client } = globalThis as unknown as { client: RelayClient };
    const box = { top: 0, right: 9, bottom: 9, left: 0 };
    const face = { box, score: 0.9, model: "sface-2021dec", embedding: new Float32Array(128).fill(0.1) };
    client.report([face], { captureId }).catch(() => undefined);
  }, id);
  await expect.poll(() => kept(page)).toContain(id);
  return id;
}

const kept = (page: Page) => keptReports(page, url);
const heard = (page: Page) => page.evaluate(() => globalThis.told);
const arrived = () => server.arrived.map((one) => one.report.capture_id);

it("a report that waits when its page is reloaded is sent by the next page, once", async () => {
  const page = await open();
  const ids = [await report(page), await report(page)];
  await open(page);
  await server.start();
  await expect.poll(async () => (await heard(page)).receipts, { timeout: 20_000 }).toHaveLength(2);
  expect((await heard(page)).receipts.sort()).toEqual(ids.sort());
  expect(arrived().sort()).toEqual(ids);
  expect(await kept(page)).toEqual([]);
  await open(page);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(arrived()).toHaveLength(2);
});

it("a database that opens late keeps what was reported meanwhile, and holds nothing up", async () => {
  const page = await context.newPage();
  await page.goto(served.address);
  await page.evaluate((name) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => {
      const reports = opening.result.createObjectStore("reports", { keyPath: "id" });
      const until = Date.now() + 3000;
      const busy = () => {
        if (Date.now() < until) reports.count().onsuccess = busy;
      };
      busy();
    };
    opening.onsuccess = () => {
      Object.assign(globalThis, { isOpen: true });
      opening.result.close();
    };
  }, `rostro-reports ${url}`);
  await page.evaluate((to) => {
    const client = new Client({ url: to, requestTimeoutMs: 500 });
    client.onState(({ waiting }) => {
      if (waiting > 0) globalThis.triedMeanwhile ??= !("isOpen" in globalThis);
    });
    Object.assign(globalThis, { client });
  }, url);
  const id = await report(page);
  expect(await page.evaluate(() => globalThis.triedMeanwhile)).toBe(true);
  await open(page);
  await server.start();
  await expect.poll(async () => (await heard(page)).receipts, { timeout: 20_000 }).toEqual([id]);
});

it("a report that grew too old meanwhile is not sent, and that is told", async () => {
  const page = await open(undefined, 1500);
  const id = await report(page);
  await page.goto("about:blank");
  await new Promise((resolve) => setTimeout(resolve, 1600));
  await server.start();
  await open(page, 1500);
  await expect.poll(async () => (await heard(page)).givenUp, { timeout: 20_000 }).toEqual([id]);
  expect(await kept(page)).toEqual([]);
  expect(arrived()).toEqual([]);
});

it("a page does not take what another one is sending, only what it left behind", async () => {
  const first = await open();
  const id = await report(first);
  const second = await open();
  const own = await report(second);
  await server.start();
  await expect.poll(async () => (await heard(first)).receipts, { timeout: 20_000 }).toEqual([id]);
  await expect.poll(async () => (await heard(second)).receipts, { timeout: 20_000 }).toEqual([own]);
  expect(arrived().sort()).toEqual([id, own].sort());

  await server.stop();
  const left = await report(first);
  await first.close();
  await server.start();
  await expect.poll(async () => (await heard(second)).receipts, { timeout: 20_000 }).toEqual([own, left]);
  expect(arrived().filter((one) => one === left)).toHaveLength(1);
});

it("what a closed client leaves is sent by the next one of the same page", async () => {
  const page = await open();
  const id = await report(page);
  await page.evaluate(() => (globalThis as unknown as { client: RelayClient }).client.close());
  await server.start();
  const receipt = await page.evaluate(
    (to) =>
      new Promise((resolve) => {
        new Client({ url: to }).onReceipt(({ capture_id }) => resolve(capture_id));
      }),
    url,
  );
  expect(receipt).toBe(id);
  expect(arrived()).toEqual([id]);
  await expect.poll(() => kept(page)).toEqual([]);
});

it("a client that is to keep nothing keeps nothing", async () => {
  const page = await open();
  await page.evaluate(async (to) => {
    const client = new Client({ url: `${to}/below`, keepReports: false });
    const box = { top: 0, right: 9, bottom: 9, left: 0 };
    const face = { box, score: 0.9, model: "sface-2021dec", embedding: new Float32Array(128).fill(0.1) };
    client.report([face]).catch(() => undefined);
  }, url);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(names).toEqual([`rostro-reports ${url}`]);
});
