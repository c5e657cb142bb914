import path from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { createRecognizer, Face } from "../../src/index.js";
import { launch, PACKAGE, REPOSITORY, Site } from "./harness.js";

/** A face with its numbers as arrays, so that it can leave the page. */
export type PlainFace = Omit<Face, "embedding" | "otherEmbeddings"> & {
  embedding: number[];
  otherEmbeddings: { model: string; embedding: number[] }[];
};

/** What became of a promise. */
export interface Outcome<T> {
  value?: T;
  error?: { name: string; code: string; message: string; isError: boolean };
}

/** A square of a picture: x, y, side. */
export type Square = readonly [number, number, number];

declare global {
  /** What `pages/page.js` gives to tests. */
  var page: {
    createRecognizer: typeof createRecognizer;
    portrait(name: string): Promise<HTMLImageElement>;
    canvas(
      image: HTMLImageElement,
      size?: readonly [width: number, height: number],
      place?: (context: OffscreenCanvasRenderingContext2D) => void,
    ): OffscreenCanvas;
    planar(canvas: OffscreenCanvas): VideoFrame;
    frame(image: HTMLImageElement, crop: Square, place: Square): ImageData;
    plain(face: Face): PlainFace;
    outcome<T>(promise: Promise<T>): Promise<Outcome<T>>;
  };
}

/** A browser and a site for the tests of one file, and a fresh profile, with an empty cache, for each test. */
export class Bench {
  readonly site = new Site({
    "/dist": path.join(PACKAGE, "dist"),
    "/wasm": path.join(PACKAGE, "wasm"),
    "/models": path.join(PACKAGE, "models"),
    "/elsewhere": path.join(PACKAGE, "models"),
    "/pages": path.join(PACKAGE, "test/built/pages"),
    "/pictures": path.join(REPOSITORY, "crates/rostro-testkit/fixtures"),
  });
  #browser: Browser | undefined;
  #context: BrowserContext | undefined;

  constructor() {
    beforeAll(async () => {
      await this.site.start();
      this.#browser = await launch();
    });
    afterEach(async () => {
      await this.#context?.close();
      this.#context = undefined;
      this.site.forget();
    });
    afterAll(async () => {
      await this.#browser?.close();
      await this.site.stop();
    });
  }

  get browser(): Browser {
    if (this.#browser === undefined) throw new Error("no browser before the tests begin");
    return this.#browser;
  }

  /** Opens the test page; in one test, all pages share a profile. */
  async open(): Promise<Page> {
    this.#context ??= await this.browser.newContext();
    const page = await this.#context.newPage();
    await page.goto(`${this.site.origin}/pages/index.html`);
    await page.waitForFunction(() => "page" in globalThis);
    return page;
  }
}
