/** Cameras: added, changed and switched by an admin, with addresses that nobody sees; and devices that report as one. */
import { expect, test, type Browser, type Locator, type Page } from "@playwright/test";

import { inFrontOf, openBrowser } from "./camera";
import { makeClip } from "./clips";
import { ENROLLED, RELAY, SECRET, SESSION, sessionCookie, WEB } from "./environment";

const HIDDEN = "hush-hush";
const OPERATOR = { name: "Oto Operator", email: "oto@example.org", password: "a door of glass" };

let browser: Browser;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  browser = await openBrowser();
  await makeClip(browser, ENROLLED);
});
test.afterAll(() => browser.close());

async function call(method: string, address: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${WEB}${address}`, {
    method,
    headers: { cookie: await sessionCookie(), "content-type": "application/json", ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
}

/** What the relay would deliver of somebody unknown. */
function delivered(named: object): Promise<Response> {
  const result = { timestamp: "2026-11-22T10:00:00", name: "Desconocido", confidence: 0, distance: 0.9, box: null };
  return fetch(`${WEB}/api/facial-recognition/webhook`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${SECRET}` },
    body: JSON.stringify({ result, timestamp: new Date().toISOString(), ...named }),
  });
}

/** Gives `use` the cameras' page, and fails it for an error on it, or for an address that came along. */
async function visit(use: (page: Page) => Promise<void>, storageState: string | undefined = SESSION): Promise<void> {
  const context = await browser.newContext({ baseURL: WEB, locale: "en-US", ...(storageState && { storageState }) });
  try {
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("response", async (response) => {
      const text = await response.text().catch(() => "");
      if (text.includes(HIDDEN)) wrong.push(`the secret came with ${response.url()}`);
    });
    await page.goto("/cameras");
    await use(page);
    expect(wrong).toEqual([]);
  } finally {
    await context.close();
  }
}

function camera(page: Page, id: string): Locator {
  return page.locator(`[data-testid="camera"][data-id="${id}"]`);
}

async function save(page: Page): Promise<void> {
  await page.getByTestId("camera-save").click();
  await expect(page.getByTestId("camera-dialog")).toHaveCount(0);
}

test("a camera is added where what is said of it makes sense", async () => {
  await visit(async (page) => {
    await expect(camera(page, "webcam")).toBeVisible();
    await expect(camera(page, "webcam").getByTestId("camera-remove")).toHaveCount(0);
    await page.getByTestId("camera-add").click();
    const problem = page.getByTestId("camera-problem");
    await page.getByTestId("camera-save").click();
    await expect(problem).toHaveAttribute("data-problem", "invalid-name");
    await page.getByTestId("camera-name").fill("Puerta Norte");
    await expect(page.getByTestId("camera-id")).toHaveValue("puerta-norte");
    await page.getByTestId("camera-id").fill("puerta norte");
    await page.getByTestId("camera-save").click();
    await expect(problem).toHaveAttribute("data-problem", "invalid-id");
    await page.getByTestId("camera-id").fill("webcam");
    await page.getByTestId("camera-save").click();
    await expect(problem).toHaveAttribute("data-problem", "id-taken");
    await page.getByTestId("camera-id").fill("north");
    await page.getByTestId("camera-location").fill("Hall");
    await page.getByTestId("camera-stream").fill("10.0.0.7/stream");
    await page.getByTestId("camera-save").click();
    await expect(problem).toHaveAttribute("data-problem", "invalid-stream");
    await expect(problem).toBeInViewport();
    await page.getByTestId("camera-stream").fill(`rtsp://me:${HIDDEN}@10.0.0.7:554/${HIDDEN}?key=${HIDDEN}`);
    await save(page);
    await expect(camera(page, "north").getByTestId("camera-address")).toHaveText("rtsp://***@10.0.0.7:554/…");
    await page.reload();
    await expect(camera(page, "north")).toContainText("Hall");
    await expect(camera(page, "north").getByTestId("camera-last")).toHaveText("none yet");
  });
});

test("its address stays where nobody touches it, and is what tells a delivery's camera", async () => {
  const stream = { camera_id: null, camera_stream_url: `rtsp://me:${HIDDEN}@10.0.0.7:554/${HIDDEN}?key=${HIDDEN}` };
  await visit(async (page) => {
    await camera(page, "north").getByTestId("camera-change").click();
    await expect(page.getByTestId("camera-stream")).toHaveValue("");
    await page.getByTestId("camera-name").fill("North door");
    await save(page);
    await expect(camera(page, "north")).toContainText("North door");
    expect((await delivered(stream)).status).toBe(201);
    await page.reload();
    await expect(camera(page, "north").getByTestId("camera-faces")).toHaveAttribute("data-count", "1");
    await expect(camera(page, "north").getByTestId("camera-remove")).toHaveCount(0);
    expect((await call("DELETE", "/api/cameras/north")).status).toBe(409);
    await camera(page, "north").getByTestId("camera-events").click();
    await expect(page.getByTestId("event")).toHaveCount(1);
    await page.goto("/cameras");
    await camera(page, "north").getByTestId("camera-change").click();
    await page.getByTestId("camera-no-stream").check();
    await save(page);
    await expect(camera(page, "north").getByTestId("camera-address")).toHaveText("no address");
    expect((await delivered(stream)).status).toBe(400);
  });
});

test("what is off is still stored, and what has no events is removed", async () => {
  await visit(async (page) => {
    await camera(page, "north").getByTestId("camera-switch").click();
    await expect(camera(page, "north")).toHaveAttribute("data-active", "false");
    expect((await delivered({ camera_id: "north" })).status).toBe(201);
    await page.reload();
    await expect(camera(page, "north").getByTestId("camera-faces")).toHaveAttribute("data-count", "2");
    expect((await call("POST", "/api/cameras", { id: "spare", name: "Spare" })).status).toBe(201);
    await page.reload();
    await camera(page, "spare").getByTestId("camera-remove").click();
    await page.getByTestId("camera-confirm").click();
    await expect(camera(page, "spare")).toHaveCount(0);
    await page.goto("/activity");
    await expect(page.getByTestId("activity").nth(0)).toContainText("removed the camera Spare");
    await expect(page.getByTestId("activity").nth(2)).toContainText("changed the camera North door");
  });
  expect((await call("DELETE", "/api/cameras/webcam")).status).toBe(409);
  expect((await call("POST", "/api/cameras", { id: "x", name: "X" }, { origin: "https://elsewhere.example" })).status).toBe(403);
});

test("an operator sees them and changes nothing", async () => {
  expect((await call("POST", "/api/accounts", { ...OPERATOR, role: "operator" })).status).toBe(204);
  const context = await browser.newContext({ baseURL: WEB, locale: "en-US" });
  const page = await context.newPage();
  await page.goto("/sign-in?to=/cameras");
  await page.getByTestId("account-email").fill(OPERATOR.email);
  await page.getByTestId("account-password").fill(OPERATOR.password);
  await page.getByTestId("sign-in").click();
  await expect(camera(page, "north")).toBeVisible();
  for (const control of ["camera-add", "camera-change", "camera-switch"]) await expect(page.getByTestId(control)).toHaveCount(0);
  for (const [method, address] of [["POST", "/api/cameras"], ["PATCH", "/api/cameras/north"], ["DELETE", "/api/cameras/north"]] as const) {
    expect((await page.request.fetch(address, { method, data: { isActive: true } })).status()).toBe(403);
  }
  await context.close();
});

test("a device reports as the camera of its address, keeps it, and as one that is off reports nothing", async () => {
  const reported = async (since: number) => {
    const answer = await fetch(`${RELAY}/v1/events?limit=200`);
    const { events } = (await answer.json()) as { events: { id: number; camera_id: string | null }[] };
    return { newest: events.reduce((newest, { id }) => Math.max(newest, id), 0), cameras: events.filter(({ id }) => id > since).map((event) => event.camera_id) };
  };
  let { newest } = await reported(0);
  await inFrontOf(ENROLLED, async (page) => {
    await page.goto("/cameras");
    await camera(page, "north").getByTestId("camera-links").locator("summary").click();
    const live = await camera(page, "north").getByTestId("camera-live-link").inputValue();
    expect(live).toBe(`${WEB}/?camera=north`);
    await page.goto(live);
    await expect(page.getByTestId("camera-note")).toHaveAttribute("data-state", "off");
    await page.locator(".rostro-start").click();
    await expect(page.locator(".rostro-face").first()).toBeVisible();
    await page.waitForTimeout(2_000);
    expect((await reported(newest)).cameras).toEqual([]);

    expect((await call("PATCH", "/api/cameras/north", { isActive: true })).status).toBe(204);
    await page.goto("/kiosk?camera=north");
    await expect(page.getByTestId("camera-note")).toHaveText("Reports as “North door”");
    const manifest = await page.locator('link[rel="manifest"]').getAttribute("href");
    expect(await (await page.request.get(manifest ?? "")).json()).toMatchObject({ start_url: "/kiosk?camera=north" });
    await expect.poll(async () => (await reported(newest)).cameras).toContain("north");

    await page.goto("/people");
    await page.getByRole("navigation").first().getByRole("link").first().click();
    await expect(page).toHaveURL(`${WEB}/?camera=north`);
    await page.getByTestId("camera-note").getByRole("link").click();
    await expect(page).toHaveURL(`${WEB}/?camera=webcam`);
    await expect(page.getByTestId("camera-note")).toHaveCount(0);
    ({ newest } = await reported(0));
    await page.locator(".rostro-start").click({ timeout: 5_000 }).catch(() => undefined);
    await page.getByTestId("capture").click();
    await expect.poll(async () => (await reported(newest)).cameras).toContain("webcam");
    expect((await reported(newest)).cameras).not.toContain("north");

    await page.goto("/?camera=cellar");
    await expect(page.getByTestId("camera-note")).toHaveAttribute("data-state", "unknown");
    await expect(page.getByTestId("relay-socket")).toHaveAttribute("data-state", "up");
  });
});
