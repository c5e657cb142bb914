/**
 * Cameras: added, changed and switched by an admin, with addresses that nobody sees; devices that report as one; and those
 * that the relay reads by itself.
 */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Browser, type Locator, type Page } from "@playwright/test";

import { inFrontOf, openBrowser } from "./camera";
import { makeClip } from "./clips";
import { collins, ENROLLED, RELAY, SECRET, SESSION, sessionCookie, WEB } from "./environment";
import { NetworkCamera } from "./network-camera";
import { picture } from "./picture";

const HIDDEN = "hush-hush";
/** An address where nobody is, of a host that the relay may call. */
const NOWHERE = `rtsp://me:${HIDDEN}@127.0.0.1:5540/${HIDDEN}?key=${HIDDEN}`;
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
    await page.getByTestId("camera-stream").fill(`rtsp://me:${HIDDEN}@10.0.0.7:554/${HIDDEN}`);
    await page.getByTestId("camera-save").click();
    await expect(problem).toHaveAttribute("data-problem", "address-refused");
    await expect(problem).toContainText("ROSTRO_ALLOWED_CAMERA_HOSTS");
    await page.getByTestId("camera-stream").fill(NOWHERE);
    await save(page);
    await expect(camera(page, "north").getByTestId("camera-address")).toHaveText("rtsp://127.0.0.1:5540/…");
    await page.reload();
    await expect(camera(page, "north")).toContainText("Hall");
    await expect(camera(page, "north").getByTestId("camera-last")).toHaveText("none yet");
  });
});

test("its address stays where nobody touches it, and is what tells a delivery's camera", async () => {
  const stream = { camera_id: null, camera_stream_url: NOWHERE };
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

    // The relay's legacy routes steer the camera that they are told of, which is a browser here.
    const steered = async (route: "start" | "stop") => {
      expect((await fetch(`${RELAY}/api/${route}`, { method: "POST" })).status, route).toBe(200);
    };
    const named = async (name: string | null) => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ camera_id: name });
      expect((await fetch(`${RELAY}/api/config`, { method: "PUT", headers, body })).status).toBe(200);
    };
    await named("webcam");
    await steered("start");
    await steered("stop");
    await expect(page.getByTestId("camera-note")).toHaveAttribute("data-state", "paused");
    await page.reload();
    await expect(page.getByTestId("camera-note")).toHaveAttribute("data-state", "paused");
    await steered("start");
    await expect(page.getByTestId("camera-note")).toHaveCount(0);
    await named(null);

    await page.goto("/?camera=cellar");
    await expect(page.getByTestId("camera-note")).toHaveAttribute("data-state", "unknown");
    await expect(page.getByTestId("relay-socket")).toHaveAttribute("data-state", "up");
  });
});

test.describe("a camera that no browser drives", () => {
  const sender = new NetworkCamera({ user: "me", password: HIDDEN });
  let personId: string;

  /** What the relay says of a person, or of a camera. */
  interface Told {
    id: string;
    status: { viewers: number };
    zone: [number, number][] | null;
  }
  const relay = async (method: string, address: string, body?: object): Promise<{ status: number; json: Told }> => {
    const answer = await fetch(`${RELAY}${address}`, {
      method,
      ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: JSON.parse((await answer.text()) || "null") as Told };
  };
  const live = (page: Page, id = "porch") => camera(page, id).getByTestId("camera-live");
  const viewers = async () => (await relay("GET", "/v1/cameras/porch")).json.status.viewers;

  test.beforeAll(async () => {
    const { subject, embedding } = await collins();
    await makeClip(browser, subject);
    await sender.start(subject.clip);
    const enrolled = await relay("POST", "/v1/people", { name: "Petra Porch", samples: [{ model: "sface-2021dec", embedding }] });
    expect(enrolled.status).toBe(201);
    personId = enrolled.json.id;
  });

  test.afterAll(async () => {
    await relay("DELETE", `/v1/people/${personId}`);
    for (const id of ["porch", "yard"]) await relay("DELETE", `/v1/cameras/${id}`);
    await sender.stop();
  });

  test("is read by the relay, and shown live with what it sees", async () => {
    await visit(async (page) => {
      await page.getByTestId("camera-add").click();
      await page.getByTestId("camera-name").fill("Porch");
      await page.getByTestId("camera-stream").fill(sender.url);
      await page.getByTestId("camera-username").fill("me");
      await page.getByTestId("camera-password").fill(HIDDEN);
      await page.getByTestId("camera-save").click();
      await expect(page.getByTestId("camera-dialog")).toHaveCount(0);
      await expect(live(page)).toHaveAttribute("data-state", "live");
      await expect(live(page)).toHaveText("Live");
      await expect.poll(async () => Number(await camera(page, "porch").getByTestId("camera-fps").getAttribute("data-value"))).toBeGreaterThan(0);
      await expect(camera(page, "porch").getByTestId("camera-snapshot")).toHaveAttribute("data-shown", "true");

      await camera(page, "porch").getByTestId("camera-watch").click();
      const feed = page.getByTestId("camera-feed");
      await expect.poll(() => feed.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
      await expect.poll(viewers).toBeGreaterThan(0);
      await page.getByTestId("camera-watch-close").click();
      await expect(page.getByTestId("camera-watch-dialog")).toHaveCount(0);
      // The relay hears of it when whoever watched is gone.
      await page.goto("/events?camera=porch");
      await expect.poll(viewers).toBe(0);
      await expect(page.getByTestId("event").filter({ hasText: "Petra Porch" }).first()).toBeVisible();
    });
    const signedOut = await fetch(`${WEB}/api/cameras/porch/snapshot`);
    expect(signedOut.status).toBe(401);
    const taken = await call("GET", "/api/cameras/porch/snapshot");
    expect([taken.status, taken.headers.get("content-type"), taken.headers.get("cache-control")]).toEqual([
      200,
      "image/jpeg",
      "no-store, no-transform",
    ]);
  });

  test("looks where it is told to, drawn by keyboard and by mouse", async () => {
    const zone = async () => (await relay("GET", "/v1/cameras/porch")).json.zone;
    await visit(async (page) => {
      await camera(page, "porch").getByTestId("camera-change").click();
      await page.getByTestId("camera-zone").selectOption("rectangle");
      await page.getByTestId("zone-first").focus();
      await page.keyboard.press("Shift+ArrowRight");
      await page.keyboard.press("ArrowDown");
      await page.getByTestId("camera-threshold").selectOption({ index: 1 });
      await save(page);
      const rounded = (await zone())?.map((corner) => corner.map((part) => Math.round(part * 100) / 100));
      expect(rounded).toEqual([[0.2, 0.11], [0.9, 0.11], [0.9, 0.9], [0.2, 0.9]]);
      expect((await relay("GET", "/v1/cameras/porch")).json).toMatchObject({ threshold: 0.5, has_credentials: true });

      await camera(page, "porch").getByTestId("camera-change").click();
      await page.getByTestId("zone-editor").scrollIntoViewIfNeeded();
      const bounds = await page.getByTestId("zone-editor").boundingBox();
      if (bounds === null) throw new Error("the zone is not to be seen");
      const at = (x: number, y: number) => [bounds.x + x * bounds.width, bounds.y + y * bounds.height] as const;
      await page.mouse.move(...at(0.5, 0.25));
      await page.mouse.down();
      await page.mouse.move(...at(0.05, 0.95), { steps: 4 });
      await page.mouse.up();
      await save(page);
      const drawn = await zone();
      expect(drawn?.[0]?.[0]).toBeCloseTo(0.05, 1);
      expect(drawn?.[2]?.[1]).toBeCloseTo(0.95, 1);
      await camera(page, "porch").getByTestId("camera-change").click();
      await page.getByTestId("camera-zone").selectOption("all");
      await save(page);
      expect(await zone()).toBeNull();
    });
  });

  for (const [colorScheme, viewport] of [["light", { width: 1280, height: 860 }], ["dark", { width: 390, height: 844 }]] as const) {
    test(`keeps nobody out, ${colorScheme}, ${viewport.width} px wide`, async () => {
      // Axe looks at everything three times, on a machine that reads a camera meanwhile.
      test.slow();
      const context = await browser.newContext({ baseURL: WEB, locale: "es-PE", storageState: SESSION, colorScheme, viewport });
      const page = await context.newPage();
      const violations = async () => {
        const { violations: found } = await new AxeBuilder({ page }).analyze();
        return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
      };
      await page.goto("/cameras");
      await expect(camera(page, "porch").getByTestId("camera-snapshot")).toHaveAttribute("data-shown", "true");
      expect(await violations()).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      await picture(page, `cameras-${colorScheme}`);
      await camera(page, "porch").getByTestId("camera-watch").click();
      await expect(page.getByTestId("camera-feed")).toBeVisible();
      expect(await violations()).toEqual([]);
      await picture(page, `cameras-watch-${colorScheme}`);
      await page.getByTestId("camera-watch-close").click();
      await camera(page, "porch").getByTestId("camera-change").click();
      await page.getByTestId("camera-zone").selectOption("rectangle");
      await page.getByTestId("camera-advanced").locator("summary").click();
      expect(await violations()).toEqual([]);
      await picture(page, `cameras-change-${colorScheme}`);
      await context.close();
    });
  }

  test("says in words what is the matter, and comes back by itself", async () => {
    await visit(async (page) => {
      await expect(live(page)).toHaveAttribute("data-state", "live");
      await sender.stop();
      await expect(live(page)).not.toHaveAttribute("data-state", "live");
      await expect(camera(page, "porch").getByTestId("camera-reason")).toHaveAttribute("data-fault", "unreachable");
      await expect(camera(page, "porch").getByTestId("camera-reason")).toContainText("Nobody answers at that address");
      sender.password = "another";
      await sender.resume();
      await expect(live(page)).toHaveAttribute("data-state", "auth-failed");
      await camera(page, "porch").getByTestId("camera-change").click();
      await page.getByTestId("camera-password").fill("another");
      await save(page);
      await expect(live(page)).toHaveAttribute("data-state", "live");

      await camera(page, "porch").getByTestId("camera-switch").click();
      await expect(live(page)).toHaveAttribute("data-state", "stopped");
      await expect(camera(page, "porch")).toHaveAttribute("data-active", "false");
      await expect.poll(() => sender.watchers).toBe(0);
      // What others switch shows here without a reload.
      await relay("PATCH", "/v1/cameras/porch", { enabled: true });
      await expect(live(page)).toHaveAttribute("data-state", "live");
    });
  });

  test("that only the relay has is taken in, and one that is given up is read no more", async () => {
    const made = await relay("POST", "/v1/cameras", { id: "yard", name: "Yard", stream_url: sender.url, enabled: false });
    expect(made.status).toBe(201);
    expect((await call("POST", "/api/cameras", { id: "yard", name: "Yard", streamUrl: sender.url })).status).toBe(409);
    await relay("PATCH", "/v1/cameras/yard", { stream_url: `${sender.url}?yard` });
    expect((await relay("POST", "/v1/cameras", { id: "shed", name: "Shed", enabled: false })).status).toBe(201);
    await visit(async (page) => {
      await expect(camera(page, "yard").getByTestId("camera-stray")).toBeVisible();
      // What others remove goes from here without a reload.
      await expect(camera(page, "shed")).toBeVisible();
      await relay("DELETE", "/v1/cameras/shed");
      await expect(camera(page, "shed")).toHaveCount(0);
      await camera(page, "yard").getByTestId("camera-adopt").click();
      await expect(camera(page, "yard").getByTestId("camera-stray")).toHaveCount(0);
      await expect(camera(page, "yard").getByTestId("camera-address")).toHaveText(/^http:\/\/127\.0\.0\.1:\d+\/…$/u);
      await camera(page, "yard").getByTestId("camera-remove").click();
      await page.getByTestId("camera-confirm").click();
      await expect(camera(page, "yard")).toHaveCount(0);
      expect((await relay("GET", "/v1/cameras/yard")).status).toBe(404);

      await camera(page, "porch").getByTestId("camera-change").click();
      await page.getByTestId("camera-no-stream").check();
      await save(page);
      await expect(camera(page, "porch").getByTestId("camera-address")).toHaveText("no address");
      expect((await relay("GET", "/v1/cameras/porch")).status).toBe(404);
    });
  });
});
