import { describe, expect, it } from "vitest";
import { Bench } from "./setup.js";

const bench = new Bench();
const flipped = (body: Buffer) => {
  const altered = Buffer.from(body);
  altered[altered.length >> 1] = (altered[altered.length >> 1] ?? 0) ^ 1;
  return altered;
};

const create = async () => {
  const { createRecognizer, outcome } = globalThis.page;
  const { value, error } = await outcome(createRecognizer());
  value?.close();
  return error;
};

describe("a model file", () => {
  it("with one bit flipped is refused by name, and not kept", async () => {
    bench.site.replaced.set("/models/sface-2021dec.graph", flipped);
    const page = await bench.open();
    const error = await page.evaluate(create);
    expect(error).toMatchObject({ name: "RostroError", code: "model-unavailable", isError: true });
    expect(error?.message).toContain("sface-2021dec");
    bench.site.forget();
    expect(await page.evaluate(create)).toBeUndefined();
    expect(bench.site.served).toContain("/models/sface-2021dec.graph");
  });

  it.each([
    ["short", (body: Buffer) => body.subarray(0, body.length - 1)],
    ["long", (body: Buffer) => Buffer.concat([body, Buffer.alloc(100)])],
  ])("a byte too %s is refused by name", async (_name, change) => {
    bench.site.replaced.set("/models/yunet-2023mar.graph", change);
    const page = await bench.open();
    const error = await page.evaluate(create);
    expect(error).toMatchObject({ code: "model-unavailable" });
    expect(error?.message).toContain("yunet-2023mar");
  });

  it("that was altered in the cache is fetched again", async () => {
    const page = await bench.open();
    expect(await page.evaluate(create)).toBeUndefined();
    const altered = await page.evaluate(async () => {
      const cache = await caches.open("rostro-models");
      const keys = await cache.keys();
      for (const key of keys) await cache.put(key, new Response(new Uint8Array(1000)));
      return keys.length;
    });
    // Two models, the module, and which kernels it chose.
    expect(altered).toBe(4);
    const modules = () => bench.site.served.filter((file) => file.endsWith(".wasm")).length;
    bench.site.forget();
    expect(await page.evaluate(create)).toBeUndefined();
    expect([bench.site.count("/models"), modules()]).toEqual([2, 1]);
    bench.site.forget();
    expect(await page.evaluate(create)).toBeUndefined();
    expect([bench.site.count("/models"), modules()]).toEqual([0, 0]);
  });

  it("of an older version is dropped from the cache", async () => {
    const page = await bench.open();
    const keys = await page.evaluate(async () => {
      const cache = await caches.open("rostro-models");
      await cache.put("https://models.rostro.invalid/old", new Response("old"));
      (await globalThis.page.createRecognizer()).close();
      return (await cache.keys()).map((key) => key.url);
    });
    expect(keys).toHaveLength(4);
    expect(keys).not.toContain("https://models.rostro.invalid/old");
  });

  it("that is not there is named", async () => {
    bench.site.replaced.set("/models/yunet-2023mar.graph", undefined);
    const page = await bench.open();
    const error = await page.evaluate(create);
    expect(error).toMatchObject({ code: "fetch-failed" });
    expect(error?.message).toContain("yunet-2023mar.graph");
  });
});

describe("a WebAssembly module", () => {
  const module = "/wasm/rostro_wasm_bg.wasm";
  const createSimd = async () => {
    const { createRecognizer, outcome } = globalThis.page;
    const { value, error } = await outcome(createRecognizer({ build: "simd" }));
    value?.close();
    return error;
  };

  it("that is not there is named", async () => {
    bench.site.replaced.set(module, undefined);
    const page = await bench.open();
    expect(await page.evaluate(createSimd)).toMatchObject({
      code: "fetch-failed",
      message: /rostro_wasm_bg\.wasm.*404/,
    });
  });

  it("in whose place a page comes is named", async () => {
    bench.site.replaced.set(module, () => Buffer.from("<!doctype html>"));
    const page = await bench.open();
    const error = await page.evaluate(createSimd);
    expect(error).toMatchObject({ code: "fetch-failed" });
    expect(error?.message).toContain("no WebAssembly module");
  });

  it("that is cut off is refused, and not kept", async () => {
    bench.site.replaced.set(module, (body) => body.subarray(0, body.length - 1));
    const page = await bench.open();
    expect(await page.evaluate(createSimd)).toMatchObject({ isError: true });
    bench.site.forget();
    expect(await page.evaluate(createSimd)).toBeUndefined();
    expect(bench.site.served).toContain(module);
  });

  it("is left to the browser where the server lets it be kept", async () => {
    bench.site.cacheControl = "public, max-age=3600";
    const page = await bench.open();
    expect(await page.evaluate(createSimd)).toBeUndefined();
    const kept = await page.evaluate(async () => {
      const keys = await (await caches.open("rostro-models")).keys();
      return keys.filter(({ url }) => !url.endsWith("/kernels")).length;
    });
    expect(kept).toBe(2);
  });

  it("works whatever type the server calls it", async () => {
    bench.site.types[".wasm"] = "text/plain";
    const page = await bench.open();
    expect(await page.evaluate(createSimd)).toBeUndefined();
  });
});

it("a worker script that is not there is no silence", async () => {
  bench.site.replaced.set("/dist/worker.js", undefined);
  const page = await bench.open();
  expect(await page.evaluate(create)).toMatchObject({ code: "unsupported-browser" });
});

it("a worker script that is served as something else is named", async () => {
  const page = await bench.open();
  bench.site.types[".js"] = "text/plain";
  const error = await page.evaluate(create);
  expect(error).toMatchObject({ code: "unsupported-browser" });
  expect(error?.message).toContain("served as JavaScript");
});

it("a content security policy that forbids workers is named", async () => {
  bench.site.csp = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'";
  const page = await bench.open();
  const error = await page.evaluate(create);
  expect(error).toMatchObject({ code: "unsupported-browser" });
  expect(error?.message).toContain("content security policy");
});

describe("without a network", () => {
  it("nothing can be loaded that no earlier visit kept, and that is said", async () => {
    const page = await bench.open();
    await page.context().setOffline(true);
    const error = await page.evaluate(create);
    expect(error).toMatchObject({ code: "fetch-failed" });
    expect(error?.message).toContain("the browser is offline, and has not kept it from an earlier visit");
  });

  it("a file that was not kept is named", async () => {
    bench.site.cacheControl = "public, max-age=3600";
    bench.site.replaced.set("/models/yunet-2023mar.graph", undefined);
    const page = await bench.open();
    // The browser keeps the scripts; of the models, whatever had come when the first of them failed.
    await page.evaluate(create);
    await page.context().setOffline(true);
    const error = await page.evaluate(create);
    expect(error).toMatchObject({ code: "fetch-failed" });
    expect(error?.message).toMatch(/[\w-]+\.(graph|wasm).*the browser is offline/);
  });
});

it("a browser without workers is named", async () => {
  const page = await bench.open();
  await page.evaluate(() => Reflect.deleteProperty(globalThis, "Worker"));
  const error = await page.evaluate(create);
  expect(error).toMatchObject({ code: "unsupported-browser" });
  expect(error?.message).toContain("no Web Worker");
});

it("a browser without WebAssembly is named", async () => {
  const without = Buffer.from('Reflect.deleteProperty(globalThis, "WebAssembly");\n');
  bench.site.replaced.set("/dist/worker.js", (body) => Buffer.concat([without, body]));
  const page = await bench.open();
  await page.evaluate(() => Reflect.deleteProperty(globalThis, "WebAssembly"));
  const error = await page.evaluate(create);
  expect(error).toMatchObject({ code: "unsupported-browser" });
  expect(error?.message).toContain("no WebAssembly");
});

it("a content security policy that forbids WebAssembly is named", async () => {
  bench.site.csp = "default-src 'self'";
  const page = await bench.open();
  const error = await page.evaluate(create);
  expect(error).toMatchObject({ code: "unsupported-browser" });
  expect(error?.message).toContain("wasm-unsafe-eval");
});

it("options that make no sense are refused", async () => {
  const page = await bench.open();
  const codes = await page.evaluate(async () => {
    const { createRecognizer, outcome } = globalThis.page;
    const outcomes = [
      await outcome(createRecognizer({ models: [] })),
      await outcome(createRecognizer({ minScore: 2 })),
      await outcome(createRecognizer({ wasmUrl: "http://[" })),
      await outcome(createRecognizer({ build: "fast" as "plain" })),
      await outcome(createRecognizer({ helpers: -1 })),
      await outcome(createRecognizer({ helpers: 1.5 })),
      await outcome(createRecognizer({ helpers: Number.NaN })),
      await outcome(createRecognizer({ signal: AbortSignal.abort() })),
    ];
    return outcomes.map(({ error }) => error?.code);
  });
  expect(codes).toEqual([...Array<string>(7).fill("invalid-request"), "aborted"]);
});

it("close rejects what waits and ends the worker", async () => {
  const page = await bench.open();
  const codes = await page.evaluate(async () => {
    const { createRecognizer, outcome } = globalThis.page;
    const recognizer = await createRecognizer();
    const waiting = [1, 2, 3].map(() => outcome(recognizer.recognize(new ImageData(640, 480))));
    recognizer.close();
    waiting.push(outcome(recognizer.recognize(new ImageData(640, 480))));
    return (await Promise.all(waiting)).map(({ error }) => error?.code);
  });
  expect(codes).toEqual(["closed", "closed", "closed", "closed"]);
  await expect.poll(() => page.workers().length, { timeout: 10_000 }).toBe(0);
});

it("an aborted recognition settles at once and the next one works", async () => {
  const page = await bench.open();
  const outcome = await page.evaluate(async () => {
    const { createRecognizer, outcome, portrait } = globalThis.page;
    const recognizer = await createRecognizer();
    const image = await portrait("collins.png");
    const giveUp = new AbortController();
    const waiting = outcome(recognizer.recognize(image, { signal: giveUp.signal }));
    giveUp.abort();
    const { error } = await waiting;
    const { faces } = await recognizer.recognize(image);
    recognizer.close();
    return { code: error?.code, faces: faces.length };
  });
  expect(outcome).toEqual({ code: "aborted", faces: 1 });
});

it("a trap ends the worker, rejects what waits, and another takes over with the gallery", async () => {
  const page = await bench.open();
  const outcome = await page.evaluate(async () => {
    const { createRecognizer, outcome, portrait } = globalThis.page;
    let workers = 0;
    const recognizer = await createRecognizer({
      worker: () => {
        workers += 1;
        return new Worker(workers === 1 ? "/pages/trapping-worker.js" : "/dist/worker.js", { type: "module" });
      },
    });
    const image = await portrait("collins.png");
    await recognizer.setGallery({ model: "sface-2021dec", entries: [] });
    const waiting = [outcome(recognizer.recognize(image)), outcome(recognizer.recognize(image))];
    const codes = (await Promise.all(waiting)).map(({ error }) => `${error?.code}: ${error?.message}`);
    const { faces } = await recognizer.recognize(image);
    recognizer.close();
    return { codes, workers, faces: faces.length, match: faces[0]?.match?.name };
  });
  expect(outcome.codes).toEqual(Array(2).fill("closed: the recogniser's worker ended: unreachable"));
  expect(outcome).toMatchObject({ workers: 2, faces: 1, match: null });
});
