/**
 * The main line on real faces: enrol, see the name, find it in the relay, in the webhook, and on the events page;
 * somebody who was never enrolled stays unknown.
 */
import { expect, test, type Locator, type Page, type WebSocketRoute } from "@playwright/test";

import { inFrontOf, mainThreadWasm, openBrowser } from "./camera";
import { makeClip } from "./clips";
import { dlibOnly, ENROLLED, RELAY, SECRET, sessionCookie, STRANGER, WEB } from "./environment";
import { picture } from "./picture";

const SAMPLES = 3;
/** Looks at the live page, one every fifth of a second, in which a stranger must never have a name. */
const LOOKS = 40;
const WEBHOOK = `${WEB}/api/facial-recognition/webhook`;

interface RelayEvent {
  id: number;
  camera_id: string | null;
  face: { name: string | null; verified: string; liveness: string };
  correction?: { name: string | null };
}

async function relayJson<T>(address: string): Promise<T> {
  const answer = await fetch(`${RELAY}${address}`);
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return (await answer.json()) as T;
}

async function relayChange(method: string, address: string, body?: object): Promise<void> {
  const answer = await fetch(`${RELAY}${address}`, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${address} answered ${answer.status}`);
}

async function relayEvents(): Promise<RelayEvent[]> {
  return (await relayJson<{ events: RelayEvent[] }>("/v1/events?limit=200")).events;
}

/** Opens the live page and turns the camera on. */
async function goLive(page: Page): Promise<Locator> {
  await page.goto("/");
  await page.locator(".rostro-start").click();
  await expect(page.locator(".rostro-stage")).toHaveAttribute("data-camera", "on");
  return page.locator(".rostro-face");
}

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  const browser = await openBrowser();
  await makeClip(browser, ENROLLED);
  await makeClip(browser, STRANGER);
  await browser.close();
});

test("somebody is enrolled with the camera", async () => {
  await inFrontOf(ENROLLED, async (page) => {
    await page.goto("/people/new");
    await page.getByTestId("enrol-name").fill(ENROLLED.name);
    await page.locator(".rostro-start").click();
    const capture = page.locator(".rostro-capture");
    const samples = page.locator(".rostro-enrol");
    const taken = async () => Number(await samples.getAttribute("data-samples"));
    // Whoever looks into the camera needs no button for that.
    const front = page.locator('.rostro-step[data-pose="front"]');
    await expect(front).toHaveAttribute("data-done", "true");
    // A face that is turned away gives a notice and no sample; then the next moment is tried.
    while ((await taken()) < SAMPLES) {
      await expect(capture).toBeEnabled();
      await capture.click();
      await expect(capture).toBeEnabled();
      await page.waitForTimeout(300);
    }
    const count = String(await taken());
    await picture(page, "enrol");
    await page.getByTestId("enrol-save").click();
    await expect(page.getByTestId("enrol-saved")).toContainText(ENROLLED.name);

    await page.goto("/people");
    const person = page.locator(`[data-testid="person"][data-name="${ENROLLED.name}"]`);
    await expect(person).toBeVisible();
    await expect(person.getByTestId("person-samples").first()).toHaveAttribute("data-count", count);
    await picture(page, "people");
  });
});

test("somebody who is enrolled is not enrolled under another name without a warning", async () => {
  await inFrontOf(ENROLLED, async (page) => {
    await page.goto("/people/new");
    const name = page.getByTestId("enrol-name");
    await name.fill("Somebody New");
    await page.locator(".rostro-start").click();
    const warning = page.getByTestId("enrol-already");
    await expect(warning).toHaveAttribute("data-name", ENROLLED.name);
    await name.fill(ENROLLED.name.toUpperCase());
    await expect(warning).toHaveCount(0);
  });
});

test("the live page shows the name, with all of the work in a worker", async () => {
  await inFrontOf(ENROLLED, async (page) => {
    const boxes = await goLive(page);
    await expect(boxes.and(page.locator(`[data-name="${ENROLLED.name}"]`))).toBeVisible();
    await expect(boxes.first()).toContainText(ENROLLED.name);
    expect(page.workers().length).toBeGreaterThan(0);
    expect(await mainThreadWasm(page)).toBe(0);
    await expect
      .poll(async () => (await relayEvents()).map(({ face }) => face.name))
      .toContain(ENROLLED.name);
    await picture(page, "live");
  });
});

test("a capture by hand goes by both channels, from the camera and from a file", async () => {
  await inFrontOf(ENROLLED, async (page) => {
    const boxes = await goLive(page);
    await expect(boxes.and(page.locator(`[data-name="${ENROLLED.name}"]`))).toBeVisible();
    const hybrid = page.locator(`[data-testid="result"][data-hybrid="true"][data-name="${ENROLLED.name}"]`);
    await page.getByTestId("capture").click();
    await expect(hybrid).toHaveCount(1);
    await expect(hybrid.first()).toContainText("(HYBRID ANALYSIS)");
    if (!ENROLLED.portrait) return;
    await page.getByTestId("live-file").setInputFiles(ENROLLED.portrait);
    const still = page.getByTestId("live-picture");
    await expect(still).toHaveAttribute("data-faces", "1");
    await expect(still.locator(".rostro-face")).toHaveAttribute("data-name", ENROLLED.name);
    await expect(hybrid).toHaveCount(2);
    await picture(page, "live-picture");
    await page.getByTestId("live-file").setInputFiles({
      name: "broken.jpg",
      mimeType: "image/jpeg",
      buffer: Buffer.from("not a picture"),
    });
    await expect(still).toHaveAttribute("data-faces", "none");
  });
});

test("while the relay is away the page says so, goes on naming, and sends later what it saw", async () => {
  await inFrontOf(ENROLLED, async (page) => {
    let isAway = false;
    const sockets: WebSocketRoute[] = [];
    await page.routeWebSocket(/\/socket\.io\//u, (socket) => {
      if (isAway) return void socket.close();
      socket.connectToServer();
      sockets.push(socket);
    });
    await page.route(`${RELAY}/**`, (route) => (isAway ? route.abort() : route.continue()));
    const named = (await goLive(page)).and(page.locator(`[data-name="${ENROLLED.name}"]`));
    await expect(named).toBeVisible();
    await expect(page.getByTestId("relay-socket")).toHaveAttribute("data-state", "up");
    await expect(page.getByTestId("relay-down")).toHaveCount(0);

    isAway = true;
    for (const socket of sockets) await socket.close();
    await page.getByTestId("capture").click();
    await expect(page.getByTestId("relay-down")).toBeVisible();
    for (const channel of ["relay-rest", "relay-socket"]) {
      await expect(page.getByTestId(channel)).toHaveAttribute("data-state", "down");
    }
    await expect(page.getByTestId("relay-waiting")).toBeVisible();
    const results = (sending: string) => page.locator(`[data-testid="result"][data-sending="${sending}"]`);
    await expect(results("waiting")).not.toHaveCount(0);
    await expect(named).toBeVisible();

    isAway = false;
    await expect(page.getByTestId("relay-waiting")).toHaveCount(0);
    await expect(page.getByTestId("relay-down")).toHaveCount(0);
    for (const channel of ["relay-rest", "relay-socket"]) {
      await expect(page.getByTestId(channel)).toHaveAttribute("data-state", "up");
    }
    // Whichever channel is back first takes it: where one does, that is enough.
    for (const sending of ["waiting", "failed"]) await expect(results(sending)).toHaveCount(0);
  });
});

test("the kiosk greets, can be installed, and opens without a network", async () => {
  await inFrontOf(ENROLLED, async (page) => {
    await page.goto("/kiosk");
    await expect(page.getByTestId("greeting")).toHaveText(`Hello, ${ENROLLED.name}`);
    await expect(page.getByRole("navigation")).toBeHidden();
    await picture(page, "kiosk");
    const manifest = await page.locator('link[rel="manifest"]').getAttribute("href");
    const described = (await (await page.request.get(new URL(manifest ?? "", WEB).href)).json()) as object;
    expect(described).toMatchObject({ start_url: "/kiosk", display: "fullscreen" });

    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await page.reload();
    await expect(page.locator(".rostro-face").first()).toBeVisible();
    await page.context().setOffline(true);
    await page.reload();
    await expect(page.locator(".rostro-face").first()).toBeVisible();
    const kept = await page.evaluate(async () => (await (await caches.open("kiosk-1")).keys()).map(({ url }) => new URL(url).pathname));
    expect(kept.filter((file) => !/^\/(kiosk$|_next\/static\/|icon|manifest)/u.test(file))).toEqual([]);
    expect(kept).toContain("/kiosk");
  });
});

test("the relay measured it again and holds the capture", async () => {
  // The clip comes round again, and an embedding that is the same to the last bit is one that was reported before: not every
  // event is believed.
  const faces = (await relayEvents()).map(({ face }) => face).filter(({ name }) => name === ENROLLED.name);
  expect(faces).toContainEqual(expect.objectContaining({ verified: "server", liveness: "not_checked" }));
  const { results, total } = await relayJson<{ results: { name: string }[]; total: number }>("/api/results?limit=200");
  expect(total).toBeGreaterThan(0);
  expect(results.map(({ name }) => name)).toContain(ENROLLED.name);
  const latest = await relayJson<{ name: string; confidence: number }>("/api/latest");
  expect(latest.name).toBe(ENROLLED.name);
  expect(latest.confidence).toBeGreaterThanOrEqual(0.4);
});

test("the webhook wants the secret, and what came with it is on the events page", async () => {
  const body = JSON.stringify({
    result: {
      timestamp: "2026-11-22T10:00:00",
      name: "An intruder",
      confidence: 0.9,
      distance: 0.1,
      box: { top: 0, right: 1, bottom: 1, left: 0 },
    },
    camera_id: "webcam",
  });
  const headers = { "content-type": "application/json" };
  for (const authorization of [undefined, "Bearer wrong", `Basic ${SECRET}`]) {
    const sent = { ...headers, ...(authorization === undefined ? {} : { authorization }) };
    const answer = await fetch(WEBHOOK, { method: "POST", headers: sent, body });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: "Unauthorized" });
  }
  await expect.poll(async () => (await relayJson<{ deliveries_pending: number }>("/v1/health")).deliveries_pending).toBe(0);
  await inFrontOf(ENROLLED, async (page) => {
    await page.goto("/events");
    const event = page.locator(`[data-testid="event"][data-name="${ENROLLED.name}"]`).first();
    await expect(event).toHaveAttribute("data-status", "MATCHED");
    await expect(page.locator('[data-name="An intruder"]')).toHaveCount(0);
    await picture(page, "events");
  });
});

test("a wrong name is taken back, and given again when that is undone", async () => {
  const negatives = async () => {
    const { negatives: held } = await relayJson<{ negatives?: unknown[] }>("/v1/gallery?model=sface-2021dec");
    return held?.length ?? 0;
  };
  const corrections = async () => (await relayEvents()).flatMap(({ correction }) => correction?.name ?? []);
  await inFrontOf(ENROLLED, async (page) => {
    await page.goto("/events");
    const event = page.locator(`[data-testid="event"][data-name="${ENROLLED.name}"]`).first();
    await event.getByTestId("event-correct").click();
    await page.getByTestId("correction-name").fill("Somebody Else");
    await picture(page, "correction");
    await page.getByTestId("correction-confirm").click();
    await expect(event).toHaveAttribute("data-corrected", "true");
    await expect(event).toContainText("Somebody Else");
    expect(await corrections()).toEqual(["Somebody Else"]);
    expect(await negatives()).toBeGreaterThan(0);
    await picture(page, "corrected");
    await event.getByTestId("event-undo").click();
    await expect(event).toHaveAttribute("data-corrected", "false");
    expect(await corrections()).toEqual([]);
    expect(await negatives()).toBe(0);
  });
});

test("somebody who was never enrolled stays unknown", async () => {
  const newest = Math.max(0, ...(await relayEvents()).map(({ id }) => id));
  await inFrontOf(STRANGER, async (page) => {
    const boxes = await goLive(page);
    await expect(boxes.first()).toBeVisible();
    const names = new Set<string | null>();
    for (let look = 0; look < LOOKS; look++) {
      for (const box of await boxes.all()) {
        names.add(await box.getAttribute("data-name", { timeout: 1_000 }).catch(() => ""));
      }
      await page.waitForTimeout(200);
    }
    expect([...names]).toEqual([""]);
    const later = async () => (await relayEvents()).filter(({ id }) => id > newest);
    await expect.poll(async () => (await later()).length).toBeGreaterThan(0);
    expect((await later()).map(({ face }) => face.name).filter((name) => name !== null)).toEqual([]);
    await picture(page, "unknown");
    await page.goto("/events");
    await expect(page.locator('[data-testid="event"][data-status="UNKNOWN"]').first()).toBeVisible();
  });
});

test("how often a stranger may be named is chosen, for everybody and for one person", async () => {
  const chosen = async () => (await relayJson<{ stranger_named_one_in: number | null }>("/v1/settings")).stranger_named_one_in;
  const ofPerson = async () => {
    const { people } = await relayJson<{ people: { name: string; stranger_named_one_in: number | null }[] }>("/v1/people");
    return people.find(({ name }) => name === ENROLLED.name)?.stranger_named_one_in;
  };
  await inFrontOf(ENROLLED, async (page) => {
    await page.goto("/settings");
    await page.getByTestId("strictness-10000").check();
    await page.getByTestId("strictness-save").click();
    await expect(page.getByTestId("strictness")).toHaveAttribute("data-chosen", "10000");
    expect(await chosen()).toBe(10_000);
    await picture(page, "settings");
    await page.getByTestId("correctable-days").fill("7");
    await page.getByTestId("correctable-save").click();
    await expect(page.getByTestId("correctable-days")).toHaveAttribute("data-chosen", "7");
    await expect(page.getByTestId("policy")).toHaveAttribute("data-chosen", "off");

    await page.goto("/people");
    const person = page.locator(`[data-testid="person"][data-name="${ENROLLED.name}"]`);
    await person.getByTestId("person-link").click();
    const strictness = page.getByTestId("person-strictness");
    await strictness.selectOption("100000");
    await expect.poll(ofPerson).toBe(100_000);
    await expect(strictness).toBeEnabled();
    await strictness.selectOption("");
    await expect.poll(ofPerson).toBeNull();

    const boxes = await goLive(page);
    await expect(boxes.and(page.locator(`[data-name="${ENROLLED.name}"]`))).toBeVisible();
  });
});

test("an event whose embeddings are no longer kept cannot be corrected, and says why", async () => {
  await relayChange("PUT", "/v1/settings", { correctable_days: 0 });
  await inFrontOf(ENROLLED, async (page) => {
    await page.goto("/events");
    const event = page.locator(`[data-testid="event"][data-name="${ENROLLED.name}"]`).last();
    await event.getByTestId("event-correct").click();
    await page.getByTestId("correction-confirm").click();
    await expect(page.getByTestId("correction-problem")).toHaveAttribute("data-problem", "too-old");
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("correction-dialog")).toHaveCount(0);
    await expect(event).toHaveAttribute("data-corrected", "false");
  });
  await relayChange("PUT", "/v1/settings", { correctable_days: 30 });
});

test("somebody who came with an encoding of dlib is moved to SFace, once that is accepted", async () => {
  const { name, encoding, picture: image } = await dlibOnly();
  await relayChange("POST", "/api/register", { name, encoding });
  const kiosk = async (descriptor: unknown) => {
    const headers = { "content-type": "application/json", cookie: await sessionCookie() };
    const answer = await fetch(`${WEB}/api/kiosk/recognize`, { method: "POST", headers, body: JSON.stringify({ descriptor }) });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  expect(await kiosk(encoding)).toMatchObject({ status: 200, body: { ok: true, recognized: true, clientName: name } });
  const nobody = encoding.map((number) => -number);
  expect(await kiosk(nobody)).toMatchObject({ status: 200, body: { ok: true, recognized: false } });
  expect(await kiosk(encoding.slice(1))).toMatchObject({ status: 400, body: { ok: false } });
  await relayChange("PUT", "/v1/settings", { upgrade: "ask" });
  await relayChange("POST", "/webrtc/face/", { image, timestamp: new Date().toISOString() });
  const status = () => relayJson<{ both: number; proposals: { name: string }[] }>("/v1/upgrades");
  expect((await status()).proposals.map((proposal) => proposal.name)).toEqual([name]);
  await inFrontOf(ENROLLED, async (page) => {
    await page.goto("/settings");
    const upgrade = page.getByTestId("upgrade");
    await expect(upgrade.getByTestId("policy")).toHaveAttribute("data-chosen", "ask");
    const proposal = upgrade.locator(`[data-testid="proposal"][data-name="${name}"]`);
    await expect(proposal).toBeVisible();
    await page.setViewportSize({ width: 1280, height: 1100 });
    await upgrade.evaluate((card) => card.scrollIntoView({ block: "end" }));
    await picture(page, "moving-to-sface");
    await proposal.getByTestId("proposal-accept").click();
    await expect(proposal).toHaveCount(0);
    expect(await status()).toMatchObject({ both: 1, proposals: [] });
  });
  const { people } = await relayJson<{ people: { id: string; name: string }[] }>("/v1/people");
  await relayChange("DELETE", `/v1/people/${people.find((person) => person.name === name)?.id}`);
  await relayChange("PUT", "/v1/settings", { upgrade: "off" });
});

test("a picture without a face gives no sample, and says why", async () => {
  await inFrontOf(STRANGER, async (page) => {
    await page.goto("/people/new");
    const grey = await page.evaluate(() => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 64;
      canvas.getContext("2d")?.fillRect(0, 0, 64, 64);
      return canvas.toDataURL("image/png").split(",")[1] ?? "";
    });
    const files = page.locator(".rostro-files");
    await expect(files).toBeEnabled();
    await files.setInputFiles([
      { name: "empty.png", mimeType: "image/png", buffer: Buffer.from(grey, "base64") },
      { name: "broken.jpg", mimeType: "image/jpeg", buffer: Buffer.from("not a picture") },
    ]);
    const notices = page.locator(".rostro-notice[data-fault]");
    await expect(notices).toHaveCount(2);
    await expect(notices.first()).toHaveAttribute("data-fault", "no-face");
    await expect(page.locator(".rostro-enrol")).toHaveAttribute("data-samples", "0");
    await expect(page.getByTestId("enrol-save")).toBeDisabled();
  });
});

test("somebody who is forgotten is unknown from then on", async () => {
  await inFrontOf(ENROLLED, async (page) => {
    await page.goto("/people");
    const person = page.locator(`[data-testid="person"][data-name="${ENROLLED.name}"]`);
    await person.getByTestId("person-forget").click();
    await page.getByTestId("forget-confirm").click();
    await expect(person).toHaveCount(0);
    const { people } = await relayJson<{ people: { name: string }[] }>("/v1/people");
    expect(people.map(({ name }) => name)).not.toContain(ENROLLED.name);
    const boxes = await goLive(page);
    await expect(boxes.first()).toHaveAttribute("data-outcome", "unknown");
  });
});
