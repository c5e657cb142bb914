/** Pictures of events: none until somebody chooses; then of whom and for as long as was chosen, and gone when they are to go. */
import { expect, test, type Browser, type Page } from "@playwright/test";

import { inFrontOf, openBrowser } from "./camera";
import { makeClip } from "./clips";
import { ENROLLED, SESSION, sessionCookie, STRANGER, WEB } from "./environment";
import { LOCALES, reading, wrongWith } from "./looks";
import { picture } from "./picture";

let browser: Browser;
let cameras = 0;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  browser = await openBrowser();
  await makeClip(browser, ENROLLED);
  await makeClip(browser, STRANGER);
});
test.afterAll(async () => {
  await choose("off");
  await browser.close();
});

async function call(method: string, address: string, body?: object): Promise<Response> {
  return fetch(`${WEB}${address}`, {
    method,
    headers: { cookie: await sessionCookie(), "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
}

async function choose(of: "off" | "unknown" | "everybody", days = 7): Promise<void> {
  expect((await call("PUT", "/api/settings/snapshots", { of, days })).status).toBe(204);
}

interface Line {
  id: string;
  sequence: number;
  name: string | null;
  status: string;
  snapshot: string | null;
}

async function events(after = 0): Promise<Line[]> {
  const query = after === 0 ? "" : `?after=${after}`;
  return ((await (await call("GET", `/api/events${query}`)).json()) as { events: Line[] }).events;
}

/** Where events go on that arrive from now on. */
async function now(): Promise<number> {
  return (await events())[0]?.sequence ?? 0;
}

/** Waits for an event of that name, and gives it with what came of its picture. */
async function seen(after: number, name: string | null, has: "a picture" | "an event" = "a picture"): Promise<Line> {
  const fitting = async () =>
    (await events(after)).filter((line) => line.name === name && (has === "an event" || line.snapshot !== null));
  await expect.poll(async () => (await fitting()).length).toBeGreaterThan(0);
  const [line] = await fitting();
  if (line === undefined) throw new Error("the event went away");
  return line;
}

/** Goes live as a camera of its own: whoever was told of at another a moment ago is told of again. */
async function goLive(page: Page): Promise<void> {
  const id = `snapshots-${++cameras}`;
  expect((await call("POST", "/api/cameras", { id, name: `Snapshots ${cameras}` })).status).toBe(201);
  await page.goto(`/?camera=${id}`);
  await page.locator(".rostro-start").click();
  await expect(page.locator(".rostro-face").first()).toBeVisible();
}

/** Enrols the person of the clip by a picture file. */
async function enrolled(page: Page): Promise<void> {
  await page.goto("/people/new");
  await page.getByTestId("enrol-name").fill(ENROLLED.name);
  const files = page.locator(".rostro-files");
  await expect(files).toBeEnabled();
  await files.setInputFiles(ENROLLED.portrait ?? "");
  await page.getByTestId("enrol-save").click();
  await expect(page.getByTestId("enrol-saved")).toBeVisible();
}

test("until somebody chooses, none is sent, and one that is sent is refused", async () => {
  test.skip(!ENROLLED.portrait, "enrolment from a file wants a portrait");
  await inFrontOf(ENROLLED, async (page) => {
    await enrolled(page);
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/api/snapshots")) sent.push(request.url());
    });
    const after = await now();
    await goLive(page);
    expect(await page.getByTestId("snapshot-note").count()).toBe(0);
    expect((await seen(after, ENROLLED.name, "an event")).snapshot).toBeNull();
    expect(sent).toEqual([]);
    const refused = await page.request.post("/api/snapshots?capture=c1&face=1,2,3,4", {
      headers: { "content-type": "image/jpeg", origin: WEB },
      data: Buffer.from([0xff, 0xd8, 0xff, 0xd9]),
    });
    expect([refused.status(), await refused.json()]).toEqual([403, { error: { code: "not-kept" } }]);
  });
});

test("an admin chooses in Settings, in words", async () => {
  const context = await browser.newContext({ baseURL: WEB, storageState: SESSION, locale: "en-US" });
  const page = await context.newPage();
  await page.goto("/settings");
  const setting = page.getByTestId("snapshots");
  await expect(setting).toHaveAttribute("data-chosen", "off");
  await expect(page.getByTestId("snapshots-days")).toHaveCount(0);
  await page.getByTestId("snapshots-everybody").check();
  await page.getByTestId("snapshots-days").fill("91");
  await expect(page.getByTestId("snapshots-save")).toBeDisabled();
  await page.getByTestId("snapshots-days").fill("3");
  await page.getByTestId("snapshots-save").click();
  await expect(setting).toHaveAttribute("data-chosen", "everybody");
  await expect(page.getByTestId("snapshots-save")).toBeDisabled();
  for (const wrong of [{ of: "everybody", days: 0 }, { of: "them", days: 7 }, {}]) {
    expect((await call("PUT", "/api/settings/snapshots", wrong)).status).toBe(400);
  }
  await context.close();
});

test("a picture of who was reported is on the events page, for people who have signed in", async () => {
  await inFrontOf(ENROLLED, async (page) => {
    const after = await now();
    await goLive(page);
    await expect(page.getByTestId("snapshot-note")).toHaveText("A picture of each face is kept for 3 days.");
    const { id, snapshot } = await seen(after, ENROLLED.name);
    expect(snapshot).toBe(`/api/events/${id}/snapshot`);
    const answer = await page.request.get(snapshot ?? "");
    expect(answer.headers()).toMatchObject({ "content-type": "image/jpeg", "cache-control": "no-store" });
    expect((await answer.body()).length).toBeLessThan(60_000);
    expect((await fetch(`${WEB}${snapshot}`)).status).toBe(401);

    await page.goto("/events");
    const line = page.locator(`[data-testid="event"][data-name="${ENROLLED.name}"]`).first();
    const thumbnail = line.getByTestId("event-snapshot");
    await expect(thumbnail).toHaveAccessibleName(`See the picture: ${ENROLLED.name}`);
    await expect
      .poll(() => thumbnail.locator("img").evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0)))
      .toBe(256);
    await picture(page, "events-with-pictures");
    await thumbnail.click();
    const dialog = page.getByTestId("snapshot-dialog");
    await expect(dialog.getByRole("img")).toHaveAccessibleName(`Picture of the face: ${ENROLLED.name}`);
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(thumbnail).toBeFocused();

    await thumbnail.click();
    await page.getByTestId("snapshot-remove").click();
    await expect(dialog).toHaveCount(0);
    await expect(thumbnail).toHaveCount(0);
    expect((await page.request.get(snapshot ?? "")).status()).toBe(404);
    expect((await call("DELETE", snapshot ?? "")).status).toBe(404);
  });
});

test("the kiosk sends them too, says so, and an event that is looked at meanwhile gets its picture", async () => {
  const context = await browser.newContext({ baseURL: WEB, storageState: SESSION, locale: "en-US" });
  const watching = await context.newPage();
  await watching.goto("/events");
  const before = await watching.getByTestId("event-snapshot").count();
  await inFrontOf(STRANGER, async (page) => {
    const after = await now();
    await page.goto("/kiosk");
    await expect(page.getByTestId("snapshot-note")).toHaveAttribute("data-of", "everybody");
    await seen(after, null);
    await expect.poll(() => watching.getByTestId("event-snapshot").count()).toBeGreaterThan(before);
  });
  await context.close();
});

for (const locale of LOCALES) {
  test(`the pages with pictures are in order, in ${locale}`, async () => {
    const context = await browser.newContext({ ...reading(locale), storageState: SESSION });
    const page = await context.newPage();
    await page.goto("/settings");
    await expect(page.getByTestId("snapshots-days")).toBeVisible();
    expect(await wrongWith(page, locale), "/settings").toEqual([]);
    await page.goto("/events");
    await expect(page.getByTestId("event-snapshot").first()).toBeVisible();
    expect(await wrongWith(page, locale), "/events").toEqual([]);
    await page.getByTestId("event-snapshot").first().click();
    await expect(page.getByTestId("snapshot-dialog")).toBeVisible();
    expect(await wrongWith(page, locale), "a picture").toEqual([]);
    await context.close();
  });
}

test("what is no small JPEG, or of no camera, is not kept", async () => {
  const send = async (data: Uint8Array<ArrayBuffer>, query = "capture=c1&face=1,2,3,4", origin = WEB) =>
    fetch(`${WEB}/api/snapshots?${query}`, {
      method: "POST",
      headers: { cookie: await sessionCookie(), "content-type": "image/jpeg", origin },
      body: data,
    });
  const jpeg = (side: number) =>
    Uint8Array.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0, 0xff, 0xd9]);
  const page = new TextEncoder().encode("<!doctype html><script>alert(1)</script>");
  expect((await send(page)).status).toBe(400);
  expect((await send(jpeg(2_000))).status).toBe(400);
  expect((await send(new Uint8Array(60_001))).status).toBe(413);
  expect((await send(jpeg(256), "capture=c1&face=../../web.sqlite")).status).toBe(400);
  expect((await send(jpeg(256), "capture=c1&face=1,2,3,4&camera=nowhere")).status).toBe(403);
  expect((await send(jpeg(256), undefined, "https://elsewhere.example")).status).toBe(403);
  expect((await fetch(`${WEB}/api/snapshots?capture=c1&face=1,2,3,4`, { method: "POST", body: jpeg(256) })).status).toBe(401);
  expect((await send(jpeg(256))).status).toBe(204);
});

test("of strangers alone: those of people who are known go, and no more come", async () => {
  await inFrontOf(ENROLLED, async (page) => {
    const after = await now();
    await goLive(page);
    await seen(after, ENROLLED.name);
  });
  await choose("unknown");
  expect((await events()).filter(({ name, snapshot }) => name !== null && snapshot !== null)).toEqual([]);
  expect((await events()).some(({ status, snapshot }) => status === "UNKNOWN" && snapshot !== null)).toBe(true);
  const after = await now();
  await inFrontOf(ENROLLED, async (page) => {
    await goLive(page);
    await expect(page.getByTestId("snapshot-note")).toHaveAttribute("data-of", "unknown");
    await seen(after, ENROLLED.name, "an event");
    await page.waitForTimeout(1_000);
  });
  expect((await events(after)).filter(({ name, snapshot }) => name !== null && snapshot !== null)).toEqual([]);
});

test("whoever is forgotten takes their pictures along, and whoever switches it off, all of them", async () => {
  await choose("everybody");
  const after = await now();
  await inFrontOf(ENROLLED, async (page) => {
    await goLive(page);
    const { snapshot } = await seen(after, ENROLLED.name);
    const { people } = (await (await call("GET", "/api/people")).json()) as { people: { key: string; name: string }[] };
    const key = people.find(({ name }) => name === ENROLLED.name)?.key ?? "";
    await page.goto("/events");
    expect((await call("DELETE", `/api/people/${key}`)).status).toBe(204);
    expect((await call("GET", snapshot ?? "")).status).toBe(404);
  });
  expect((await events()).some(({ snapshot }) => snapshot !== null)).toBe(true);
  await choose("off");
  expect((await events()).filter(({ snapshot }) => snapshot !== null)).toEqual([]);
});
