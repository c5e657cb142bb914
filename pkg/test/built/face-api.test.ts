/**
 * `rostro/face-api` beside the library whose calls it takes: a kiosk that is built twice from one source, with another import
 * each time, and the pure parts, asked the same.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeClip } from "./clip.js";
import { launch, launchKept, PACKAGE, REPOSITORY, Site } from "./harness.js";

const run = promisify(execFile);
const FIXTURES = path.join(REPOSITORY, "crates/rostro-testkit/fixtures");
const WORK = path.join(REPOSITORY, "target/face-api");
const OTHER = path.join(PACKAGE, "node_modules/@vladmandic/face-api");
const LIBRARIES = { rostro: "rostro/face-api", "face-api": path.join(OTHER, "dist/face-api.esm.js") };
const IMPORTS = Object.entries(LIBRARIES);

type FaceApi = typeof import("../../src/face-api.js");
type BoxLike = Record<"x" | "y" | "width" | "height" | "right" | "bottom" | "area", number>;

declare global {
  /** What `kiosk/both.js` gives to tests. */
  var both: {
    libs: { ours: FaceApi; theirs: FaceApi };
    loaded: Promise<unknown>;
    found(name: string): Promise<Record<"ours" | "theirs", { descriptor: Float32Array }> & { apart: number }>;
  };
}

const sites = new Map<string, Site>();

beforeAll(async () => {
  await rm(WORK, { recursive: true, force: true });
  for (const [name, library] of IMPORTS) {
    const app = path.join(WORK, name);
    await cp(path.join(import.meta.dirname, "kiosk"), app, { recursive: true });
    const modules = path.join(app, "node_modules");
    await mkdir(path.join(modules, "rostro"), { recursive: true });
    const tarball = path.join(PACKAGE, "rostro-0.1.0.tgz");
    await run("tar", ["-xzf", tarball, "-C", path.join(modules, "rostro"), "--strip-components=1"]);
    await symlink(path.join(PACKAGE, "node_modules/idb"), path.join(modules, "idb"));
    const alias = { "face-api-itself": LIBRARIES["face-api"], "face-api": library };
    const input = ["index.html", "both.html"].map((file) => path.join(app, file));
    await build({ root: app, logLevel: "error", configFile: false, resolve: { alias }, build: { rollupOptions: { input } } });
    const folders = { "/pictures": FIXTURES, "/weights": path.join(OTHER, "model"), "": path.join(app, "dist") };
    sites.set(name, await new Site(folders).start());
  }
  for (const portrait of ["collins", "obama-2012"]) {
    await makeClip(path.join(FIXTURES, `${portrait}.png`), path.join(WORK, `${portrait}.mjpeg`));
  }
});

afterAll(async () => {
  for (const site of sites.values()) await site.stop();
});

const label = (page: Page) => page.locator("#status[data-label]").getAttribute("data-label");

describe.each(IMPORTS)("a kiosk that imports %s", (name) => {
  it("enrols somebody by three samples, knows them, and takes nobody else for them", async () => {
    const site = sites.get(name);
    if (site === undefined) throw new Error("there is no site");
    const inFrontOf = async (portrait: string, use: (page: Page) => Promise<void>) => {
      const browser = await launchKept(path.join(WORK, `${portrait}.mjpeg`), path.join(WORK, `profile-${name}`));
      try {
        const page = await browser.newPage();
        const errors: string[] = [];
        page.on("pageerror", (error) => errors.push(error.message));
        await page.goto(`${site.origin}/index.html`);
        await use(page);
        expect(errors).toEqual([]);
      } finally {
        await browser.close();
      }
    };
    await inFrontOf("collins", async (page) => {
      await page.locator("#enrol:enabled").click();
      await page.locator("#status[data-label]").waitFor();
      expect(await label(page)).toBe("Eileen Collins");
      const distance = Number(await page.locator("#status").getAttribute("data-distance"));
      expect(distance).toBeLessThan(0.35);
      expect(await drawn(page)).toBeGreaterThan(200);
    });
    const sent: unknown = JSON.parse(String(site.posted.get("/api/kiosk/recognize")));
    expect(sent).toMatchObject({ descriptor: expect.any(Array) });
    expect((sent as { descriptor: number[] }).descriptor.filter(Number.isFinite)).toHaveLength(128);
    await inFrontOf("obama-2012", async (page) => {
      await page.locator("#status[data-label]").waitFor();
      expect(await label(page)).toBe("unknown");
    });
  });
});

describe("asked the same as face-api", () => {
  /** The page with both libraries, without their networks. */
  async function withBoth<T>(use: (page: Page) => Promise<T>): Promise<T> {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(`${sites.get("rostro")?.origin}/both.html`);
      await page.waitForFunction(() => "both" in globalThis);
      return await use(page);
    } finally {
      await browser.close();
    }
  }

  it("the parts without a network answer the same", async () => {
    const answers = await withBoth((page) =>
      page.evaluate(() => {
        const { libs } = both;
        const vector = (seed: number) => Float32Array.from({ length: 128 }, (_, index) => Math.sin(seed * 37 + index) / 10);
        const of = (lib: FaceApi) => {
          const people = [
            new lib.LabeledFaceDescriptors("Ana", [vector(1), vector(2)]),
            new lib.LabeledFaceDescriptors("Luis", [vector(3)]),
          ];
          const matcher = new lib.FaceMatcher(people);
          const strict = lib.FaceMatcher.fromJSON(JSON.parse(JSON.stringify(new lib.FaceMatcher(people, 0.1).toJSON())));
          const probes = [vector(1), vector(3), vector(9), vector(2.2)];
          const unnamed = new lib.FaceMatcher([vector(5), { descriptor: vector(6) }]);
          const detection = new lib.FaceDetection(0.9, new lib.Rect(0.1, 0.2, 0.3, 0.4), { width: 640, height: 480 });
          const resized = lib.resizeResults([{ detection, descriptor: vector(1) }], { width: 320, height: 200 });
          const rounded = (number: number) => Math.round(number * 1e6) / 1e6;
          const box = ({ x, y, width, height, right, bottom, area }: BoxLike) =>
            [x, y, width, height, right, bottom, area].map(rounded);
          const canvas = document.createElement("canvas");
          return {
            distances: probes.map((probe) => lib.euclideanDistance(probe, vector(4))),
            best: [matcher, strict].map((one) => probes.map((probe) => one.findBestMatch(probe).toString())),
            nearest: probes.map((probe) => matcher.matchDescriptor(probe).toString(false)),
            unnamed: unnamed.labeledDescriptors.map(({ label }) => label),
            json: JSON.stringify(matcher.toJSON()),
            box: box(detection.box),
            resized: resized.map((one) => [...box(one.detection.box), one.detection.score, one.descriptor.length]),
            clipped: box(new lib.Box({ left: -10, top: -5, right: 700, bottom: 90 }).clipAtImageBorders(640, 480)),
            padded: box(new lib.Rect(10.4, 20.6, 30, 40).pad(8, 6).round()),
            dimensions: [lib.matchDimensions(canvas, { width: 300, height: 150 }), canvas.width, canvas.height],
          };
        };
        return { ours: of(libs.ours), theirs: of(libs.theirs) };
      }),
    );
    expect(answers.ours).toEqual(answers.theirs);
  });

  it("the descriptors lie in one space: stored ones go on being of use", async () => {
    const portraits = ["collins", "obama-2009", "obama-2012", "biden-2010"];
    const found = await withBoth((page) =>
      page.evaluate(async (portraits) => {
        await both.loaded;
        const all: Awaited<ReturnType<typeof both.found>>[] = [];
        for (const portrait of portraits) all.push(await both.found(portrait));
        const { euclideanDistance } = both.libs.ours;
        return {
          same: all.map(({ apart }) => apart),
          across: all.flatMap((one, i) =>
            all.flatMap((other, j) => {
              const isSame = portraits[i]?.split("-")[0] === portraits[j]?.split("-")[0];
              return isSame ? [] : [euclideanDistance(one.ours.descriptor, other.theirs.descriptor)];
            }),
          ),
        };
      }, portraits),
    );
    expect(Math.max(...found.same)).toBeLessThan(0.6);
    expect(Math.min(...found.across)).toBeGreaterThan(0.6);
  });
});

/** Pixels of the overlay that are not empty. */
function drawn(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>("#overlay");
    const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let count = 0;
    for (let alpha = 3; alpha < pixels.length; alpha += 4) if (pixels[alpha] !== 0) count += 1;
    return count;
  });
}
