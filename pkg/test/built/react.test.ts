/** The React components in Chromium, in front of a camera that plays a clip. */
import { execFile } from "node:child_process";
import { cp, mkdir, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodingOf, startRelay } from "../../../server/tests/clients/relay.mjs";
import { makeClip } from "./clip.js";
import { cameraPlaying, launch, launchTabs, PACKAGE, REPOSITORY, Site } from "./harness.js";

const run = promisify(execFile);
const FIXTURES = path.join(REPOSITORY, "crates/rostro-testkit/fixtures");
const WORK = path.join(REPOSITORY, "target/react");
const NAME = "Eileen Collins";

declare global {
  /** What the components told; see `react/main.tsx`. */
  var shown: { known: string[]; reports: string[]; frames: number; done: number; violations: string[] };
}

let site: Site;

beforeAll(async () => {
  await rm(WORK, { recursive: true, force: true });
  const app = path.join(WORK, "app");
  await cp(path.join(import.meta.dirname, "react"), app, { recursive: true });
  const modules = path.join(app, "node_modules");
  await mkdir(path.join(modules, "rostro"), { recursive: true });
  const tarball = path.join(PACKAGE, "rostro-0.1.0.tgz");
  await run("tar", ["-xzf", tarball, "-C", path.join(modules, "rostro"), "--strip-components=1"]);
  for (const name of ["react", "react-dom", "scheduler", "idb", "socket.io-client"]) {
    await symlink(path.join(PACKAGE, "node_modules", name), path.join(modules, name));
  }
  await build({ root: app, logLevel: "error", configFile: false });
  for (const name of ["collins", "obama-2012"]) {
    await makeClip(path.join(FIXTURES, `${name}.png`), path.join(WORK, `${name}.mjpeg`));
  }
  site = await new Site({ "/pictures": FIXTURES, "": path.join(app, "dist") }).start();
});

afterAll(async () => {
  await site?.stop();
});

/** Opens a view in front of somebody, with that language and further arguments of the browser. */
async function inFrontOf(who: string, view: string, use: (page: Page) => Promise<void>): Promise<void> {
  await using(await launch(...cameraPlaying(path.join(WORK, `${who}.mjpeg`))), view, use);
}

async function using(browser: Browser, view: string, use: (page: Page) => Promise<void>): Promise<void> {
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${site.origin}/index.html?view=${view}`);
    await use(page);
    expect(errors).toEqual([]);
    expect(await page.evaluate(() => shown.violations)).toEqual([]);
  } finally {
    await browser.close();
  }
}

const start = (page: Page) => page.locator(".rostro-start").first().click();
const known = (page: Page) => page.evaluate(() => shown.known);
const frames = (page: Page) => page.evaluate(() => shown.frames);

async function moreFrames(page: Page, count: number): Promise<void> {
  const before = await frames(page);
  await page.waitForFunction((enough) => shown.frames >= enough, before + count);
}

describe("FaceCamera", () => {
  it("names whoever is known, and tells of them once", async () => {
    await inFrontOf("collins", "camera", async (page) => {
      expect(await page.locator(".rostro-start").textContent()).toBe("Encender la cámara");
      await start(page);
      const face = page.locator('.rostro-face[data-outcome="known"]');
      await face.waitFor();
      expect(await face.textContent()).toContain(NAME);
      await moreFrames(page, 20);
      expect(await known(page)).toEqual([NAME]);
    });
  });

  it("draws the box where the face is shown, in the mirrored picture", async () => {
    await inFrontOf("collins", "camera", async (page) => {
      await start(page);
      await page.locator(".rostro-face").waitFor();
      const [face, picture] = await Promise.all(
        [".rostro-face", ".rostro-picture"].map((selector) => page.locator(selector).boundingBox()),
      );
      if (!face || !picture) throw new Error("there is no box");
      const middle = { x: face.x + face.width / 2 - picture.x, y: face.y + face.height / 2 - picture.y };
      // The portrait's face is a little left of the middle, so its mirror image is right of it.
      expect(middle.x / picture.width).toBeGreaterThan(0.4);
      expect(middle.x / picture.width).toBeLessThan(0.6);
      expect(face.width / picture.width).toBeGreaterThan(0.25);
      const video = page.locator("video");
      expect(await video.evaluate((element) => getComputedStyle(element).transform)).toContain("-1");
      // Or a telephone of Apple's shows the video full screen, and nothing over it.
      expect(await video.evaluate((element: HTMLVideoElement) => element.playsInline)).toBe(true);
    });
  });

  it("keeps the box on the face when a telephone is turned", async () => {
    await inFrontOf("collins", "camera", async (page) => {
      await page.evaluate(async () => {
        const canvas = document.createElement("canvas");
        const portrait = await createImageBitmap(await (await fetch("/pictures/collins.png")).blob());
        // The face in the middle, whichever way the device is held.
        const show = () => {
          const side = Math.min(canvas.width, canvas.height);
          canvas.getContext("2d")?.drawImage(portrait, (canvas.width - side) / 2, (canvas.height - side) / 2, side, side);
        };
        const hold = (width: number, height: number) => Object.assign(canvas, { width, height });
        hold(640, 480);
        setInterval(show, 50);
        navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream());
        Object.assign(globalThis, { hold });
      });
      await start(page);
      for (const [width, height] of [[640, 480], [480, 640], [640, 480]] as const) {
        await page.evaluate(`hold(${width}, ${height})`);
        const shape = async () => {
          const picture = await page.locator(".rostro-picture").boundingBox();
          return picture === null ? 0 : picture.width / picture.height;
        };
        await expect.poll(shape, { timeout: 10_000 }).toBeCloseTo(width / height, 1);
        // The one that was under way may still be of the other shape.
        await moreFrames(page, 2);
        const [face, picture] = await Promise.all(
          [".rostro-face", ".rostro-picture"].map((selector) => page.locator(selector).boundingBox()),
        );
        if (!face || !picture) throw new Error("there is no box");
        expect(Math.abs(face.x + face.width / 2 - picture.x - picture.width / 2) / picture.width).toBeLessThan(0.15);
        expect(face.width).toBeLessThan(face.height * 1.3);
        expect(face.height).toBeLessThan(face.width * 1.8);
      }
    });
  });

  it("asks for the camera that looks at people, and then for the one that is chosen", async () => {
    const browser = await launch(
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream=device-count=2",
    );
    await using(browser, "camera", async (page) => {
      await page.evaluate(() => {
        const { mediaDevices } = navigator;
        const real = mediaDevices.getUserMedia.bind(mediaDevices);
        const wished: unknown[] = [];
        mediaDevices.getUserMedia = (constraints) => {
          wished.push(constraints?.video);
          return real(constraints);
        };
        Object.assign(globalThis, { wished });
      });
      await start(page);
      const choice = page.getByRole("combobox");
      await choice.waitFor();
      const other = await choice.locator("option").last().getAttribute("value");
      await choice.selectOption(other);
      await expect.poll(() => page.evaluate("wished.length")).toBe(2);
      const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
      expect(await page.evaluate("wished")).toEqual([
        { ...size, facingMode: "user" },
        { ...size, deviceId: { exact: other } },
      ]);
      await page.locator('[data-camera="on"]').waitFor();
    });
  });

  it("looks at nothing while its tab is hidden, and goes on when it is seen again", async () => {
    const { tabs, close } = await launchTabs(...cameraPlaying(path.join(WORK, "collins.mjpeg")));
    try {
      const page = await tabs.newPage();
      await page.goto(`${site.origin}/index.html?view=camera`);
      await start(page);
      await expect.poll(() => frames(page), { timeout: 30_000 }).toBeGreaterThan(5);
      const other = await tabs.newPage();
      await other.bringToFront();
      await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe("hidden");
      // The one that was under way.
      await setTimeout(500);
      const before = await frames(page);
      await setTimeout(1500);
      expect(await frames(page)).toBe(before);
      await page.bringToFront();
      await expect.poll(() => frames(page), { timeout: 10_000 }).toBeGreaterThan(before + 5);
    } finally {
      await close();
    }
  });

  it("names no stranger", async () => {
    await inFrontOf("obama-2012", "camera", async (page) => {
      await start(page);
      await page.locator('.rostro-face[data-outcome="unknown"]').waitFor();
      expect(await page.locator(".rostro-face").textContent()).toBe("Desconocido");
      await moreFrames(page, 20);
      expect(await known(page)).toEqual([]);
    });
  });

  it("speaks the page's language, and takes the texts of the app", async () => {
    await inFrontOf("collins", "camera", async (page) => {
      await page.evaluate(() => {
        document.documentElement.lang = "en";
      });
      await start(page);
      await page.locator(".rostro-stop", { hasText: "Turn the camera off" }).waitFor();
    });
  });

  it("turns the camera off, and lets it go", async () => {
    await inFrontOf("collins", "camera", async (page) => {
      await start(page);
      await page.locator(".rostro-face").first().waitFor();
      const track = await page.evaluateHandle(() => {
        const stream = document.querySelector("video")?.srcObject;
        return stream instanceof MediaStream ? stream.getTracks()[0] : undefined;
      });
      await page.locator(".rostro-stop").click();
      await page.locator('[data-camera="off"]').waitFor();
      expect(await track.evaluate((one) => one?.readyState)).toBe("ended");
    });
  });

  it("says which model could not be loaded, and tries again", async () => {
    await inFrontOf("collins", "broken", async (page) => {
      const notice = page.locator('[data-engine="failed"]').last();
      await notice.waitFor();
      expect(await notice.getAttribute("data-code")).toBe("fetch-failed");
      expect(await notice.textContent()).toContain("El motor de reconocimiento no pudo arrancar.");
      const asked = site.count("/nowhere");
      await notice.getByRole("button").click();
      await page.locator('[data-engine="failed"][role="alert"]').waitFor();
      expect(site.count("/nowhere")).toBeGreaterThan(asked);
    });
  });
});

describe("with a relay that is asked", () => {
  /** One that knows whom the clip shows. */
  async function knowing() {
    const relay = await startRelay();
    const samples = [{ model: "dlib-resnet-v1", embedding: await encodingOf("collins") }];
    const body = JSON.stringify({ name: NAME, samples });
    const enrolled = await fetch(`${relay.url}/v1/people`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(enrolled.status).toBe(201);
    return relay;
  }

  it("names whoever it knows while it is there, and holds nobody", async () => {
    const relay = await knowing();
    site.csp += `; connect-src 'self' ${relay.url} ${relay.url.replace("http", "ws")}`;
    try {
      await inFrontOf("collins", `asked&relay=${relay.url}`, async (page) => {
        const asked: string[] = [];
        page.on("request", (request) => asked.push(new URL(request.url()).pathname));
        await start(page);
        const face = page.locator(".rostro-face");
        await page.locator('.rostro-face[data-outcome="known"]').waitFor();
        expect(await face.textContent()).toContain(NAME);
        await moreFrames(page, 20);
        expect(await known(page)).toEqual([NAME]);
        expect(asked).toContain("/v1/identify");
        const stored = async () => (await fetch(`${relay.url}/v1/events`)).text();
        await expect.poll(stored).toContain(NAME);
        expect(asked).not.toContain("/v1/gallery");
        // Whoever made the page is told of the report, and gets what they need for a picture of it.
        await expect.poll(() => page.evaluate(() => shown.reports)).toEqual([`1 in video: ${NAME}`]);

        await relay.stop();
        await page.locator('.rostro-face[data-outcome="undecided"]').waitFor();
        expect(await face.textContent()).not.toContain(NAME);
        expect(await page.locator('[data-engine="failed"]').count()).toBe(0);
      });
    } finally {
      site.forget();
      await relay.stop();
    }
  });
});

describe("a camera that is not there", () => {
  const problem = (page: Page) => page.locator("[data-problem]").getAttribute("data-problem");

  it("for want of permission is asked for again once that is given", async () => {
    // Without a screen nobody answers the question: it counts as refused.
    const browser = await launch(...cameraPlaying(path.join(WORK, "collins.mjpeg")).slice(1));
    await using(browser, "camera", async (page) => {
      await start(page);
      expect(await problem(page)).toBe("denied");
      expect(await page.getByRole("alert").textContent()).toContain("No hay permiso para usar la cámara");
      await page.context().grantPermissions(["camera"]);
      await page.locator(".rostro-face").first().waitFor();
    });
  });

  it("because there is none is tried again when one is plugged in", async () => {
    await inFrontOf("collins", "camera", async (page) => {
      await page.evaluate(() => {
        const { mediaDevices } = navigator;
        const real = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = () => {
          mediaDevices.getUserMedia = real;
          return Promise.reject(new DOMException("none", "NotFoundError"));
        };
      });
      await start(page);
      expect(await problem(page)).toBe("none");
      await page.evaluate(() => navigator.mediaDevices.dispatchEvent(new Event("devicechange")));
      await page.locator(".rostro-face").first().waitFor();
    });
  });

  it("because another program had it is tried again after a while", async () => {
    await inFrontOf("collins", "camera", async (page) => {
      await page.evaluate(() => {
        const { mediaDevices } = navigator;
        const real = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = () => {
          mediaDevices.getUserMedia = real;
          return Promise.reject(new DOMException("busy", "NotReadableError"));
        };
      });
      await start(page);
      expect(await problem(page)).toBe("busy");
      await page.locator(".rostro-face").first().waitFor();
    });
  });

  it("because it was unplugged is tried again, also when the page comes back into view", async () => {
    await inFrontOf("collins", "camera", async (page) => {
      const unplug = () =>
        page.evaluate(() => {
          const stream = document.querySelector("video")?.srcObject;
          if (stream instanceof MediaStream) stream.getTracks()[0]?.dispatchEvent(new Event("ended"));
        });
      await start(page);
      await page.locator(".rostro-face").first().waitFor();
      await unplug();
      expect(await problem(page)).toBe("lost");
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await page.locator(".rostro-face").first().waitFor();
    });
  });
});

describe("LivenessPrompt", () => {
  it("holds back whoever is known until the app's check passed", async () => {
    await inFrontOf("collins", "passed", async (page) => {
      await start(page);
      await page.locator('.rostro-face[data-outcome="known"]').waitFor();
      await page.locator(".rostro-prompt", { hasText: "Parpadee" }).waitFor();
      await moreFrames(page, 10);
      expect(await known(page)).toEqual([]);
      await page.getByRole("button", { name: "passed" }).click();
      await page.waitForFunction(() => shown.known.length > 0);
      expect(await known(page)).toEqual([NAME]);
      await page.locator(".rostro-prompt").waitFor({ state: "detached" });
    });
  });

  it("never tells of somebody whose check failed", async () => {
    await inFrontOf("collins", "failed", async (page) => {
      await start(page);
      await page.locator('.rostro-face[data-outcome="known"]').waitFor();
      await page.getByRole("button", { name: "failed" }).click();
      await page.locator(".rostro-prompt").waitFor({ state: "detached" });
      await moreFrames(page, 10);
      expect(await known(page)).toEqual([]);
    });
  });
});

describe("EnrolWizard", () => {
  it("takes a picture file, refuses what is none, and the person is known from then on", async () => {
    await inFrontOf("collins", "enrol", async (page) => {
      const files = page.locator(".rostro-files");
      await page.waitForFunction(() => document.querySelector<HTMLInputElement>(".rostro-files")?.disabled === false);
      const done = page.locator(".rostro-done");
      expect(await done.isDisabled()).toBe(true);
      await files.setInputFiles({ name: "broken.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") });
      const notice = page.locator(".rostro-notice[data-fault]");
      await notice.waitFor();
      expect(await notice.textContent()).toBe("broken.jpg: No se pudo leer la imagen.");
      await files.setInputFiles(path.join(FIXTURES, "collins.png"));
      await page.locator('.rostro-enrol[data-samples="1"]').waitFor();
      await done.click();
      await page.waitForFunction(() => shown.done === 1);
      await page.locator(".rostro-start").last().click();
      await page.waitForFunction(() => shown.known.length > 0);
      expect(await known(page)).toEqual(["Ana"]);
      await page.locator(".rostro-sample button").click();
      await files.setInputFiles(path.join(FIXTURES, "collins.png"));
      await page.locator('[data-already="Ana"]').waitFor();
    });
  });

  it("asks for poses, takes the first by itself, and lets go of it", async () => {
    await inFrontOf("collins", "enrol", async (page) => {
      await start(page);
      await page.locator('.rostro-step[data-pose="front"][data-done="true"]').waitFor();
      const instruction = page.locator(".rostro-prompt").first();
      expect(await instruction.getAttribute("data-pose")).toBe("left");
      const sample = page.locator('.rostro-enrol[data-samples="1"]');
      await sample.waitFor();
      await page.locator(".rostro-sample button").click();
      await page.locator('.rostro-enrol[data-samples="0"]').waitFor();
    });
  });
});
