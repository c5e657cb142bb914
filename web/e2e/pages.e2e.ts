/**
 * The pages around recognition, against the relay that the main line has used: webhooks and what became of their
 * deliveries, the relay's status, and events filtered, live and in a file.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";

import { expect, test, type Browser, type Locator, type Page } from "@playwright/test";

import { openBrowser } from "./camera";
import { dlibOnly, RELAY, SESSION, sessionCookie, WEB, WORK } from "./environment";
import { picture } from "./picture";
import { isSignedWith, openReceiver, type Receiver } from "./receiver";

const HIDDEN = "hush-hush";
const DAY_MS = 86_400_000;

let browser: Browser;
let receiver: Receiver;
let person: Awaited<ReturnType<typeof dlibOnly>>;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  [browser, receiver, person] = await Promise.all([openBrowser(), openReceiver(HIDDEN), dlibOnly()]);
  const enrolled = await call(WEB, "POST", "/api/people", {
    name: person.name,
    unit: "4B",
    samples: [{ model: "dlib-resnet-v1", embedding: person.encoding }],
  });
  expect(enrolled.status).toBe(201);
  // The wire that the picture goes by names no camera.
  expect((await call(RELAY, "PUT", "/api/config", { camera_id: "webcam" })).status).toBe(200);
});

test.afterAll(async () => {
  const { people } = (await (await call(RELAY, "GET", "/v1/people")).json()) as { people: { id: string; name: string }[] };
  for (const { id, name } of people) if (name === person.name) await call(WEB, "DELETE", `/api/people/${id}`);
  await Promise.all([browser.close(), receiver.close()]);
});

/** The app is called by somebody who has signed in. */
async function call(host: string, method: string, address: string, body?: object): Promise<Response> {
  return fetch(`${host}${address}`, {
    method,
    headers: {
      ...(host === WEB && { cookie: await sessionCookie() }),
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
}

/** The person's face comes to the relay. */
async function seen(): Promise<void> {
  const sent = { image: person.picture, timestamp: new Date().toISOString() };
  const answer = await call(RELAY, "POST", "/webrtc/face/", sent);
  expect(await answer.json()).toMatchObject({ recognized: true, person: { nombre: person.name } });
}

interface Visit {
  locale?: "es" | "en";
  theme?: "light" | "dark";
  width?: number;
}

/** Gives `use` a page, and fails it for an error on it or anything that its policy refused. */
async function visit({ locale = "en", theme = "light", width = 1280 }: Visit, use: (page: Page) => Promise<void>) {
  const context = await browser.newContext({ baseURL: WEB, storageState: SESSION, viewport: { width, height: 860 }, acceptDownloads: true });
  try {
    await context.addCookies([
      { name: "rostro-locale", value: locale, url: WEB },
      { name: "rostro-theme", value: theme, url: WEB },
    ]);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => {
      if (/Content.Security.Policy/iu.test(message.text())) wrong.push(message.text());
    });
    await use(page);
    expect(wrong).toEqual([]);
  } finally {
    await context.close();
  }
}

function ours(page: Page): Locator {
  return page.locator('[data-testid="webhook"]:not([data-id="env"])');
}

/** Their states, newest first. */
function states(page: Page): Promise<(string | null)[]> {
  return page.getByTestId("delivery").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-state")));
}

let secret: string;

test("a webhook is added where its address makes sense, and its secret is shown once", async () => {
  await visit({}, async (page) => {
    await page.goto("/webhooks");
    await page.getByTestId("webhook-add").click();
    const problem = page.getByTestId("webhook-problem");
    for (const [address, code] of [
      ["turnstile", "no-address"],
      ["ftp://hooks.example.com", "no-address"],
      ["https://me:pass@hooks.example.com", "address-credentials"],
      ["https://192.168.1.7/hook", "address-refused"],
      ["http://[::1]/hook", "address-refused"],
    ] as const) {
      await page.getByTestId("webhook-url").fill(address);
      await page.getByTestId("webhook-save").click();
      await expect(problem).toHaveAttribute("data-problem", code);
      await expect(problem).toBeInViewport();
    }
    await page.getByTestId("webhook-url").fill(receiver.url);
    await page.getByTestId("webhook-description").fill("Turnstile");
    await page.getByTestId("webhook-topic-unknown").uncheck();
    await page.getByTestId("webhook-save").click();
    secret = await page.getByTestId("secret").inputValue();
    expect(secret).toMatch(/^whsec_/u);
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("secret-dialog")).toBeVisible();
    await page.getByTestId("secret-done").click();
    await expect(page.getByTestId("secret-dialog")).toHaveCount(0);
    await page.reload();
    await expect(ours(page)).toHaveAttribute("data-state", "on");
    await expect(ours(page).getByTestId("webhook-address")).toContainText("/hook");
    const source = await page.content();
    expect(source).not.toContain(secret);
    expect(source).not.toContain(HIDDEN);
  });
  expect(await (await call(WEB, "GET", "/api/webhooks")).text()).not.toContain(HIDDEN);
});

test("deliveries that fail are tried again, given up where nobody wants them, and sent again when asked", async () => {
  await seen();
  await visit({}, async (page) => {
    await page.goto("/webhooks");
    await ours(page).getByTestId("webhook-deliveries").click();
    await expect.poll(() => states(page)).toEqual(["failing"]);
    await expect(page.getByTestId("delivery-failure")).toHaveText("HTTP 500");
    receiver.answer = 410;
    await seen();
    await expect.poll(() => states(page)).toEqual(["dead", "dead"]);

    await page.goto("/webhooks");
    await expect(ours(page)).toHaveAttribute("data-state", "gone");
    await expect(ours(page).getByTestId("webhook-dead")).toBeVisible();
    receiver.answer = 200;
    await ours(page).getByTestId("webhook-switch").click();
    await expect(ours(page)).toHaveAttribute("data-state", "on");

    await ours(page).getByTestId("webhook-deliveries").click();
    await page.getByTestId("deliveries-dead").click();
    await expect(page).toHaveURL(/\?state=dead$/u);
    const [last] = await page.getByTestId("delivery").all();
    await last?.getByTestId("delivery-replay").click();
    await expect(page.getByTestId("replay-note")).toContainText("1 delivery");
    await expect.poll(() => states(page)).toEqual(["dead"]);
    await page.getByTestId("replay-all").click();
    await page.getByTestId("webhook-confirm").click();
    await expect(page.getByTestId("deliveries-empty")).toBeVisible();
    await expect(page.getByTestId("replay-all")).toHaveCount(0);
    await page.getByTestId("deliveries-delivered").click();
    await expect.poll(() => states(page)).toEqual(["delivered", "delivered"]);
    await picture(page, "deliveries");
    await page.goto(`${page.url().split("?")[0]}?state=lost&before=soon`);
    await expect(page.getByTestId("deliveries-wrong")).toBeVisible();
  });
  const taken = receiver.received.slice(-2);
  expect(new Set(receiver.received.map(({ webhookId }) => webhookId)).size).toBe(2);
  expect(taken.every((delivery) => isSignedWith(secret, delivery))).toBe(true);
  expect(taken.map(({ body }) => (JSON.parse(body) as { result: { name: string } }).result.name)).toEqual([person.name, person.name]);
});

test("a webhook is changed, switched off, given another secret, and deleted", async () => {
  await visit({}, async (page) => {
    await page.goto("/webhooks");
    await ours(page).getByTestId("webhook-change").click();
    // What is hidden of the address is not asked for again.
    await expect(page.getByTestId("webhook-url")).toHaveValue("");
    await page.getByTestId("webhook-cameras").fill("webcam\ndoor\n\nwebcam");
    await page.locator(`[data-testid="webhook-person"][data-name="${person.name}"]`).check();
    await page.getByTestId("webhook-save").click();
    await expect(ours(page)).toContainText("webcam, door");
    await expect(ours(page)).toContainText(person.name);
    await ours(page).getByTestId("webhook-switch").click();
    await expect(ours(page)).toHaveAttribute("data-state", "operator");
    await ours(page).getByTestId("webhook-switch").click();
    await expect(ours(page)).toHaveAttribute("data-state", "on");

    await ours(page).getByTestId("webhook-rotate").click();
    await page.getByTestId("webhook-confirm").click();
    const next = await page.getByTestId("secret").inputValue();
    await page.getByTestId("secret-done").click();
    expect(next).not.toBe(secret);
    const before = receiver.received.length;
    await seen();
    await expect.poll(() => receiver.received.length).toBe(before + 1);
    const delivery = receiver.received.at(-1);
    expect(delivery && [next, secret].map((one) => isSignedWith(one, delivery))).toEqual([true, true]);

    await ours(page).getByTestId("webhook-delete").click();
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("webhook-confirm-dialog")).toHaveCount(0);
    await expect(ours(page).getByTestId("webhook-delete")).toBeFocused();
    await page.keyboard.press("Enter");
    await page.getByTestId("webhook-confirm").click();
    await expect(ours(page)).toHaveCount(0);
  });
});

test("the receiver of the relay's configuration stays as it is, and strangers' pages change nothing", async () => {
  await visit({}, async (page) => {
    await page.goto("/webhooks");
    const env = page.locator('[data-testid="webhook"][data-id="env"]');
    await expect(env.getByTestId("webhook-deliveries")).toBeVisible();
    for (const control of ["webhook-change", "webhook-switch", "webhook-rotate", "webhook-delete"]) {
      await expect(env.getByTestId(control)).toHaveCount(0);
    }
  });
  for (const [method, address] of [
    ["PATCH", "/api/webhooks/env"],
    ["DELETE", "/api/webhooks/env"],
    ["POST", "/api/webhooks/env/secret"],
  ] as const) {
    const answer = await call(WEB, method, address, { enabled: false });
    expect([answer.status, await answer.json()]).toEqual([409, { error: { code: "of-configuration" } }]);
    const cookie = await sessionCookie();
    const foreign = await fetch(`${WEB}${address}`, { method, headers: { cookie, origin: "https://elsewhere.example" } });
    expect(foreign.status).toBe(403);
  }
});

test("events are filtered by the page's address, and go on arriving", async () => {
  await visit({}, async (page) => {
    await page.goto("/events");
    await page.getByTestId("events-filters").locator("summary").click();
    await page.getByTestId("filter-person").fill("joé bid");
    await page.getByTestId("filter-status").selectOption("MATCHED");
    await page.getByTestId("filter-camera").selectOption("webcam");
    await page.getByTestId("filter-from").fill(localDay(Date.now() - DAY_MS));
    await page.getByTestId("filters-apply").click();
    await expect(page).toHaveURL(/person=jo%C3%A9\+bid&status=MATCHED&camera=webcam&from=/u);
    const events = page.getByTestId("event");
    await expect(events).toHaveCount(3);
    await expect(events.first().getByTestId("event-client")).toContainText("4B");
    await seen();
    await expect(events).toHaveCount(4);
    expect(await events.evaluateAll((rows) => [...new Set(rows.map((row) => row.getAttribute("data-name")))])).toEqual([
      person.name,
    ]);
    await page.reload();
    await expect(events).toHaveCount(4);
    await expect(page.getByTestId("filter-from")).toHaveValue(localDay(Date.now() - DAY_MS));

    await page.getByTestId("filter-to").fill(localDay(Date.now() - DAY_MS));
    await page.getByTestId("filters-apply").click();
    await expect(page.getByTestId("events-none-fit")).toBeVisible();
    await expect(page.getByTestId("events-past")).toBeVisible();
    await expect(page.getByTestId("events-live")).toHaveCount(0);
    await page.getByTestId("filters-clear").click();
    await expect(page).toHaveURL(/\/events$/u);
    await expect(page.getByTestId("events-live")).toHaveAttribute("data-connected", "true");
  });
});

test("filters that make no sense are named and left out", async () => {
  await visit({ locale: "es" }, async (page) => {
    await page.goto("/events?status=matched&camera=gone&from=ayer&person=joe");
    await expect(page.getByTestId("filters-wrong")).toContainText("Estado, Desde el día, Cámara");
    await expect(page.getByTestId("events-filters")).toHaveAttribute("data-count", "1");
    await expect(page.getByTestId("event").first()).toHaveAttribute("data-name", person.name);
  });
  for (const address of ["/api/events?status=matched", "/api/events/export?from=ayer", "/api/events/export?zone=Mars"]) {
    const answer = await call(WEB, "GET", address);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: "invalid-filter" } });
  }
});

test("what is filtered is taken along as a file", async () => {
  await visit({}, async (page) => {
    await page.goto("/events?status=MATCHED&person=joe");
    const download = page.waitForEvent("download");
    await page.getByTestId("events-export").click();
    const file = path.join(WORK, "events.csv");
    await (await download).saveAs(file);
    const text = await readFile(file, "utf8");
    const [head = "", ...lines] = text.trimEnd().split("\r\n");
    expect(head.startsWith("\u{FEFF}Time (")).toBe(true);
    expect(lines).toHaveLength(4);
    expect(lines.every((line) => line.includes(`,${person.name},Recognised,`))).toBe(true);
    expect(text).not.toMatch(/embedding|vector/iu);
  });
});

test("the status page tells how the relay is, what was seen, and what is not checked", async () => {
  for (const visitor of [
    { locale: "es", theme: "light", width: 390 },
    { locale: "en", theme: "dark", width: 1280 },
  ] as const) {
    await visit(visitor, async (page) => {
      await page.goto("/status");
      await expect(page.getByTestId("health")).toHaveAttribute("data-state", "ok");
      await expect(page.locator('[data-testid="health-model"][data-available="true"]')).toHaveCount(3);
      const hours = page.getByTestId("hours");
      expect(Number(await hours.getAttribute("data-known"))).toBeGreaterThanOrEqual(4);
      await expect(hours.getByTestId("hours-chart").locator(".recharts-bar-rectangle path").first()).toBeVisible();
      if (visitor.locale === "en") await picture(page, "status");
      await hours.locator("summary").click();
      await expect(hours.locator("tbody tr").first()).toBeVisible();
      await expect(page.getByTestId("limits")).toContainText(visitor.locale === "es" ? "persona viva" : "living person");
    });
  }
});

test("every page fits a phone, in both languages", async () => {
  for (const locale of ["es", "en"] as const) {
    await visit({ locale, theme: "dark", width: 390 }, async (page) => {
      for (const address of ["/people", "/events?person=x", "/cameras", "/webhooks", "/webhooks/env", "/status", "/settings"]) {
        await page.goto(address);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(390);
        const links = page.getByRole("navigation").first().getByRole("link");
        await expect(links).toHaveCount(7);
        for (const link of await links.all()) {
          expect(await link.evaluate((element) => element.scrollWidth <= element.clientWidth + 1), address).toBe(true);
        }
      }
    });
  }
});

/** The day of a moment, where browser and test run. */
function localDay(moment: number): string {
  return new Date(moment).toLocaleDateString("sv-SE");
}
