import { expect, it } from "vitest";
import type { WasmBuild } from "../../src/index.js";
import { launch } from "./harness.js";
import { Bench } from "./setup.js";

const bench = new Bench();

const FILES: Record<WasmBuild, string> = {
  simd: "/wasm/rostro_wasm_bg.wasm",
  "relaxed-simd": "/wasm/rostro_wasm_relaxed_simd.wasm",
  plain: "/wasm/rostro_wasm_plain.wasm",
};
/** How far numbers of one embedding may lie apart: a fused multiplication and addition rounds once. */
const TOLERANCE = 1e-4;

const modulesServed = () => bench.site.served.filter((file) => file.endsWith(".wasm"));

/** Embeds some portraits with what the options ask for. */
async function embed(options: { build?: WasmBuild }) {
  const { createRecognizer, portrait } = globalThis.page;
  const recognizer = await createRecognizer({ ...options, models: ["sface-2021dec", "dlib-resnet-v1"] });
  const embeddings: number[][] = [];
  for (const name of ["collins.png", "obama-2012.png", "obama-2009.png", "biden-2010.png"]) {
    for (const { embedding, otherEmbeddings } of (await recognizer.recognize(await portrait(name))).faces) {
      embeddings.push(Array.from(embedding), ...otherEmbeddings.map((other) => Array.from(other.embedding)));
    }
  }
  recognizer.close();
  return { build: recognizer.build, embeddings };
}

it("every build loads alone and gives the same embeddings", async () => {
  const page = await bench.open();
  const expected = await page.evaluate(embed, { build: "simd" as const });
  expect(expected.embeddings).toHaveLength(8);
  for (const build of ["relaxed-simd", "plain"] as const) {
    bench.site.forget();
    const found = await page.evaluate(embed, { build });
    expect(modulesServed()).toEqual([FILES[build]]);
    expect(found.build).toBe(build);
    expect(found.embeddings).toHaveLength(expected.embeddings.length);
    const apart = found.embeddings.flatMap((embedding, index) =>
      embedding.map((number, place) => Math.abs(number - (expected.embeddings[index]?.[place] ?? Number.NaN))),
    );
    console.log(`${build}: furthest number of any embedding ${Math.max(...apart).toExponential(1)}`);
    expect(Math.max(...apart)).toBeLessThan(TOLERANCE);
  }
});

it("the fastest is taken that the browser can run, and its bytes count as progress", async () => {
  const page = await bench.open();
  const { build, loaded, total, files } = await page.evaluate(async () => {
    let last = { loadedBytes: 0, totalBytes: 0 };
    const files = new Set<string>();
    const recognizer = await globalThis.page.createRecognizer({
      onProgress: (progress) => {
        last = progress;
        files.add(progress.file.file);
      },
    });
    recognizer.close();
    return { build: recognizer.build, loaded: last.loadedBytes, total: last.totalBytes, files: [...files].sort() };
  });
  expect(build).toBe("relaxed-simd");
  expect(modulesServed()).toEqual([FILES[build]]);
  expect(files).toEqual(["rostro_wasm_relaxed_simd.wasm", "sface-2021dec.graph", "yunet-2023mar.graph"]);
  expect(loaded).toBe(total);
});

it("takes the module from where it is told", async () => {
  const page = await bench.open();
  const asked = await page.evaluate(async () => {
    const asked: string[] = [];
    const recognizer = await globalThis.page.createRecognizer({
      build: "plain",
      wasmUrl: (file, build) => {
        asked.push(file, build);
        return `/dist/../wasm/${file}`;
      },
    });
    recognizer.close();
    return asked;
  });
  expect(asked).toEqual(["rostro_wasm_plain.wasm", "plain"]);
});

// There V8 counts SIMD by what the processor offers, which can be hidden from it.
it.runIf(process.arch === "x64")("a browser without SIMD gets the build that needs none", async () => {
  const browser = await launch("--js-flags=--no-enable-sse4-1");
  try {
    const page = await browser.newPage();
    await page.goto(`${bench.site.origin}/pages/index.html`);
    await page.waitForFunction(() => "page" in globalThis);
    const { build, embeddings } = await page.evaluate(embed, {});
    expect(build).toBe("plain");
    expect(embeddings).toHaveLength(8);
    expect(modulesServed()).toEqual([FILES.plain]);
  } finally {
    await browser.close();
  }
});
