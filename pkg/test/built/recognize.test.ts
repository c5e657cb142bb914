import { describe, expect, it } from "vitest";
import { Bench } from "./setup.js";

const bench = new Bench();

/** What the Long Tasks API calls long. */
const LONG_TASK_MS = 50;

/** What is read of Chromium's trace; times are in microseconds. */
interface Trace {
  traceEvents: { name: string; pid: number; tid: number; tdur?: number; args: { name?: string } }[];
}

describe("loading", () => {
  it("fetches the default models only, with progress, and finds the face", async () => {
    const page = await bench.open();
    const { progress, faces, models } = await page.evaluate(async () => {
      const progress: [number, number][] = [];
      const recognizer = await globalThis.page.createRecognizer({
        onProgress: ({ loadedBytes, totalBytes }) => progress.push([loadedBytes, totalBytes]),
      });
      const { faces } = await recognizer.recognize(await globalThis.page.portrait("collins.png"));
      recognizer.close();
      return { progress, faces: faces.map(globalThis.page.plain), models: recognizer.models };
    });
    expect(models).toEqual(["sface-2021dec"]);
    expect(bench.site.served.filter((path) => path.startsWith("/models")).sort()).toEqual([
      "/models/sface-2021dec.graph",
      "/models/yunet-2023mar.graph",
    ]);
    for (const [index, [loaded, total]] of progress.entries()) {
      expect(loaded).toBeGreaterThanOrEqual(progress[index - 1]?.[0] ?? 0);
      expect(loaded).toBeLessThanOrEqual(total);
    }
    const [lastLoaded, total] = progress.at(-1) ?? [0, 1];
    expect(lastLoaded).toBe(total);
    expect(faces).toHaveLength(1);
    const [face] = faces;
    expect(face?.embedding).toHaveLength(128);
    expect(face?.score).toBeGreaterThan(0.8);
    expect(face?.match).toBeUndefined();
    expect(Math.hypot(...(face?.embedding ?? []))).toBeCloseTo(1, 4);
  });

  it("takes every file from the cache the second time, with nothing fetched", async () => {
    const load = () => async () => {
      const sources = new Set<string>();
      const recognizer = await globalThis.page.createRecognizer({
        onProgress: ({ file }) => sources.add(`${file.file} ${file.source}`),
      });
      const { faces } = await recognizer.recognize(await globalThis.page.portrait("collins.png"));
      recognizer.close();
      return { sources: [...sources].sort(), faces: faces.length };
    };
    await (await bench.open()).evaluate(load());
    expect(bench.site.count("/models")).toBe(2);
    bench.site.forget();
    const second = await (await bench.open()).evaluate(load());
    expect([bench.site.count("/models"), bench.site.count("/wasm/rostro_wasm_")]).toEqual([0, 0]);
    expect(second).toEqual({
      sources: ["rostro_wasm_relaxed_simd.wasm cache", "sface-2021dec.graph cache", "yunet-2023mar.graph cache"],
      faces: 1,
    });
  });

  it("chooses its kernels once for a machine, and again where that is no choice", async () => {
    const load = async (kept: string | null) => {
      const cache = await caches.open("rostro-models");
      const [key] = (await cache.keys()).filter(({ url }) => url.endsWith("/kernels"));
      if (kept !== null && key !== undefined) await cache.put(key, new Response(kept));
      (await globalThis.page.createRecognizer()).close();
      const [chosen] = (await cache.keys()).filter(({ url }) => url.endsWith("/kernels"));
      return chosen === undefined ? undefined : (await cache.match(chosen))?.text();
    };
    const page = await bench.open();
    expect(["4", "6", "8"]).toContain(await page.evaluate(load, null));
    for (const choice of ["4", "6", "8"]) expect(await page.evaluate(load, choice)).toBe(choice);
    for (const choice of ["7", "", "many", "-4"]) expect(["4", "6", "8"]).toContain(await page.evaluate(load, choice));
  });

  it("keeps nothing when told so", async () => {
    const page = await bench.open();
    const cached = await page.evaluate(async () => {
      (await globalThis.page.createRecognizer({ cache: false })).close();
      return caches.has("rostro-models");
    });
    expect(cached).toBe(false);
  });

  it("takes files from where it is told", async () => {
    const page = await bench.open();
    const faces = await page.evaluate(async () => {
      const recognizer = await globalThis.page.createRecognizer({
        modelUrl: "/elsewhere",
        wasmUrl: "../wasm/rostro_wasm_bg.wasm",
        worker: () => new Worker("/dist/worker.js", { type: "module" }),
      });
      const { faces } = await recognizer.recognize(await globalThis.page.portrait("collins.png"));
      recognizer.close();
      return faces.length;
    });
    expect(faces).toBe(1);
    expect(bench.site.count("/models")).toBe(0);
    expect(bench.site.count("/elsewhere")).toBe(2);
  });
});

describe("a picture", () => {
  it("can come from anything that shows one, and stays the caller's", async () => {
    const page = await bench.open();
    const found = await page.evaluate(async () => {
      const { createRecognizer, portrait, outcome } = globalThis.page;
      const recognizer = await createRecognizer();
      const image = await portrait("collins.png");
      const { naturalWidth: width, naturalHeight: height } = image;
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width, height });
      const context = canvas.getContext("2d");
      context?.drawImage(image, 0, 0);
      const data = context?.getImageData(0, 0, width, height);
      const offscreen = new OffscreenCanvas(width, height);
      offscreen.getContext("2d")?.drawImage(image, 0, 0);
      const video = document.createElement("video");
      video.muted = true;
      video.srcObject = canvas.captureStream(10);
      await video.play();
      if (data === undefined) throw new Error("no pixels");
      const sources = {
        image,
        canvas,
        offscreen,
        data,
        video,
        bitmap: await createImageBitmap(image),
        blob: await (await fetch(image.src)).blob(),
        videoFrame: new VideoFrame(canvas, { timestamp: 0 }),
      };
      const found: Record<string, string> = {};
      for (const [name, source] of Object.entries(sources)) {
        // Twice: the first time must not have used it up.
        const times = [await outcome(recognizer.recognize(source)), await outcome(recognizer.recognize(source))];
        found[name] = times
          .map(({ value, error }) => error?.message ?? `${value?.faces.length} in ${value?.frame.width}`)
          .join(", ");
      }
      recognizer.close();
      return { found, width };
    });
    const expected = `1 in ${found.width}, 1 in ${found.width}`;
    const names = ["bitmap", "blob", "canvas", "data", "image", "offscreen", "video", "videoFrame"];
    expect(found.found).toEqual(Object.fromEntries(names.map((name) => [name, expected])));
  });

  it("from a video looks the same, however its frame lies in memory", async () => {
    const page = await bench.open();
    const seen = await page.evaluate(async () => {
      const { createRecognizer, portrait, canvas, planar } = globalThis.page;
      const recognizer = await createRecognizer();
      const image = await portrait("collins.png");
      const [width, height] = [image.naturalWidth & ~1, image.naturalHeight & ~1];
      const upright = canvas(image, [width, height]);
      const lying = canvas(image, [height, width], (context) => {
        context.translate(0, width);
        context.rotate(-Math.PI / 2);
      });
      const framed = canvas(image, [width + 64, height + 32], (context) => context.translate(64, 32));
      const init = (more: VideoFrameInit & { rotation?: number }) => ({ timestamp: 0, ...more });
      const frames = {
        plain: new VideoFrame(upright, init({})),
        planar: planar(upright),
        turned: new VideoFrame(lying, init({ rotation: 90 })),
        cropped: new VideoFrame(framed, init({ visibleRect: { x: 64, y: 32, width, height } })),
        stretched: new VideoFrame(upright, init({ displayWidth: 2 * width, displayHeight: 2 * height })),
      };
      const seen: Record<string, { faces: number; wide: number; left: number; distance: number }> = {};
      for (const [name, source] of Object.entries({ canvas: upright, ...frames })) {
        const { frame, faces } = await recognizer.recognize(source);
        const [face] = faces;
        if (face === undefined) throw new Error(`${name}: no face`);
        if (name === "canvas") {
          const entry = { person_id: "1", name: "Collins", embedding: face.embedding };
          await recognizer.setGallery({ model: face.model, entries: [entry] });
        }
        const distance = face.match?.distance ?? Number.NaN;
        seen[name] = { faces: faces.length, wide: frame.width / width, left: face.box.left / frame.width, distance };
      }
      recognizer.close();
      return seen;
    });
    const { canvas, ...frames } = seen;
    for (const [name, frame] of Object.entries(frames)) {
      expect(frame.faces, name).toBe(1);
      expect(frame.wide, name).toBe(name === "stretched" ? 2 : 1);
      expect(frame.left, name).toBeCloseTo(canvas?.left ?? Number.NaN, 1.5);
      expect(frame.distance, name).toBeLessThan(0.3);
    }
  });

  it("without a face gives an empty list; one that is none gives an error", async () => {
    const page = await bench.open();
    const outcomes = await page.evaluate(async () => {
      const { createRecognizer, outcome } = globalThis.page;
      const recognizer = await createRecognizer();
      const empty = await outcome(recognizer.recognize(new ImageData(64, 48)));
      const outcomes = {
        empty: empty.value?.faces.length,
        text: await outcome(recognizer.recognize(new Blob(["no picture"]))),
        video: await outcome(recognizer.recognize(document.createElement("video"))),
        tooLarge: await outcome(recognizer.recognize(new ImageData(16_385, 1))),
      };
      recognizer.close();
      return outcomes;
    });
    expect(outcomes.empty).toBe(0);
    expect(outcomes.text.error).toMatchObject({ name: "RostroError", code: "invalid-image", isError: true });
    expect(outcomes.video.error).toMatchObject({ code: "invalid-image" });
    expect(outcomes.tooLarge.error).toMatchObject({ code: "too-large" });
  });

  it("that is transparent shows nothing of the one before", async () => {
    const page = await bench.open();
    const faces = await page.evaluate(async () => {
      const recognizer = await globalThis.page.createRecognizer();
      const image = await globalThis.page.portrait("collins.png");
      const first = await recognizer.recognize(image);
      const clear = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      clear.getContext("2d");
      const second = await recognizer.recognize(clear);
      recognizer.close();
      return [first.faces.length, second.faces.length];
    });
    expect(faces).toEqual([1, 0]);
  });
});

describe("several faces", () => {
  it("are shared with a helper, and found as they are without; one that ends loses nothing", async () => {
    const page = await bench.open();
    const found = await page.evaluate(async () => {
      const { createRecognizer, portrait, plain, canvas } = globalThis.page;
      const names = ["collins.png", "obama-2009.png", "obama-2012.png"];
      const images = await Promise.all(names.map((name) => portrait(name)));
      const group = canvas(images[0] as HTMLImageElement, [960, 400], (context) => {
        images.forEach((image, nth) => context.drawImage(image, 320 * nth, 0, 320, 400));
        context.scale(0, 0); // What `canvas` itself draws.
      });
      const alone = await createRecognizer({ helpers: 0 });
      const expected = (await alone.recognize(group)).faces.map(plain);
      alone.close();

      const workers: Worker[] = [];
      const recognizer = await createRecognizer({
        helpers: 1,
        worker: () => {
          const worker = new Worker("/pages/counting-worker.js", { type: "module" });
          workers.push(worker);
          return worker;
        },
      });
      const told: number[] = [];
      new BroadcastChannel("looks").onmessage = ({ data }) => told.push(data);
      await recognizer.recognize(await portrait("collins.png"));
      const startedForOne = workers.length - 1;
      const shared = [];
      for (let frame = 0; told.length === 0 && frame < 200; frame++) {
        shared.push((await recognizer.recognize(group)).faces.map(plain));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const video = document.createElement("video");
      video.muted = true;
      const element = document.createElement("canvas");
      Object.assign(element, { width: group.width, height: group.height });
      const painting = setInterval(() => element.getContext("2d")?.drawImage(group, 0, 0), 33);
      video.srcObject = element.captureStream(10);
      await video.play();
      const followed = await new Promise<number>((resolve, reject) => {
        const watch = recognizer.watch(
          video,
          ({ faces }) => {
            watch.stop();
            resolve(faces.length);
          },
          { follow: true, onError: reject },
        );
      });
      clearInterval(painting);
      const toldOfFollowed = told.length;
      workers[1]?.terminate();
      const after = (await recognizer.recognize(group)).faces.map(plain);
      const again = (await recognizer.recognize(group)).faces.map(plain);
      recognizer.close();
      return { expected, shared: shared.at(-1), after, again, followed, startedForOne, toldOfFollowed, told, workers: workers.length };
    });
    expect(found.expected).toHaveLength(3);
    expect(found.startedForOne).toBe(0);
    expect(found.told[0]).toBe(1);
    expect(found.toldOfFollowed).toBe(2);
    expect(found.followed).toBe(3);
    expect(found.shared).toEqual(found.expected);
    expect(found.after).toEqual(found.expected);
    expect(found.again).toEqual(found.expected);
    expect(found.workers).toBe(2);
  });
});

describe("a gallery", () => {
  it("names whom it holds and nobody else, in the one model and in both", async () => {
    const page = await bench.open();
    const names = await page.evaluate(async () => {
      const { createRecognizer, portrait } = globalThis.page;
      const names: Record<string, unknown> = {};
      for (const models of [["sface-2021dec"], ["sface-2021dec", "dlib-resnet-v1"]] as const) {
        const recognizer = await createRecognizer({ models });
        const [enrolled] = (await recognizer.recognize(await portrait("obama-2009.png"))).faces;
        if (enrolled === undefined) throw new Error("no face in the enrolled portrait");
        for (const { model, embedding } of [enrolled, ...enrolled.otherEmbeddings]) {
          await recognizer.setGallery({ model, entries: [{ person_id: "1", name: "Enrolled", embedding }] });
        }
        const match = async (name: string) => (await recognizer.recognize(await portrait(name))).faces[0]?.match;
        const [same, other] = [await match("obama-2012.png"), await match("collins.png")];
        names[models.join(" ")] = {
          same: same?.name,
          sameIsNear: same?.distance != null && same.distance <= same.threshold,
          id: same?.personId,
          sure: same !== undefined && same.confidence > 0.4,
          other: other?.name,
          otherIsFar: other?.distance != null && other.distance > other.threshold,
          otherConfidence: other?.confidence,
        };
        recognizer.close();
      }
      return names;
    });
    const expected = {
      same: "Enrolled",
      sameIsNear: true,
      id: "1",
      sure: true,
      other: null,
      otherIsFar: true,
      otherConfidence: 0,
    };
    expect(names).toEqual({ "sface-2021dec": expected, "sface-2021dec dlib-resnet-v1": expected });
  });

  it("of a model that nobody knows, or with what is no embedding, is refused", async () => {
    const page = await bench.open();
    const outcomes = await page.evaluate(async () => {
      const { createRecognizer, outcome } = globalThis.page;
      const recognizer = await createRecognizer();
      const entry = (embedding: number[]) => [{ person_id: "1", name: "Ana", embedding }];
      const ones = Array<number>(128).fill(1);
      const model = "sface-2021dec";
      const outcomes = [
        await outcome(recognizer.setGallery({ model: "facenet", entries: entry(ones) })),
        await outcome(recognizer.setGallery({ model, entries: entry(Array<number>(128).fill(Number.NaN)) })),
        await outcome(recognizer.setGallery({ model, threshold: -1, entries: [] })),
        await outcome(recognizer.setGallery({ model, entries: entry(ones) })),
        await outcome(recognizer.compare(model, ones, ones)),
        await outcome(recognizer.compare(model, ones, [1])),
      ];
      recognizer.close();
      return outcomes.map(({ value, error }) => error?.code ?? value);
    });
    expect(outcomes.slice(0, 4)).toEqual(["invalid-request", "invalid-embedding", "invalid-request", 1]);
    expect(outcomes[4]).toMatchObject({ distance: 0, same: true });
    expect(outcomes[5]).toBe("invalid-embedding");
  });
});

it("a watched video gives results until it is stopped", async () => {
  const page = await bench.open();
  const seen = await page.evaluate(async () => {
    const recognizer = await globalThis.page.createRecognizer();
    const image = await globalThis.page.portrait("collins.png");
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 320, height: 320 });
    const context = canvas.getContext("2d");
    let shift = 0;
    const painting = setInterval(() => context?.drawImage(image, (shift += 1) % 40, 0, 320, 320), 33);
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = canvas.captureStream();
    await video.play();
    const counts: number[] = [];
    await new Promise<void>((resolve, reject) => {
      const watch = recognizer.watch(
        video,
        ({ faces }) => {
          counts.push(faces.length);
          if (counts.length === 5) {
            watch.stop();
            resolve();
          }
        },
        { onError: reject },
      );
    });
    const atStop = counts.length;
    await recognizer.recognize(image);
    clearInterval(painting);
    recognizer.close();
    return { counts, atStop };
  });
  expect(seen.counts).toEqual([1, 1, 1, 1, 1]);
  expect(seen.atStop).toBe(5);
});

it("a followed face has one track, and a name once its looks agree", async () => {
  const page = await bench.open();
  const seen = await page.evaluate(async () => {
    const recognizer = await globalThis.page.createRecognizer();
    const image = await globalThis.page.portrait("collins.png");
    const [enrolled] = (await recognizer.recognize(image)).faces;
    if (enrolled === undefined) throw new Error("no face to enrol");
    const { model, embedding } = enrolled;
    await recognizer.setGallery({ model, entries: [{ person_id: "1", name: "Eileen", embedding }] });
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 320, height: 320 });
    const context = canvas.getContext("2d");
    let shift = 0;
    const painting = setInterval(() => context?.drawImage(image, (shift += 1) % 40, 0, 320, 320), 33);
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = canvas.captureStream();
    await video.play();
    const faces: { trackId: number | undefined; name: string | null | undefined; numbers: number }[] = [];
    await new Promise<void>((resolve, reject) => {
      const watch = recognizer.watch(
        video,
        (recognition) => {
          for (const { trackId, decision, embedding } of recognition.faces) {
            faces.push({ trackId, name: decision?.name, numbers: embedding.length });
          }
          if (faces.length >= 20) {
            watch.stop();
            resolve();
          }
        },
        { onError: reject, follow: true },
      );
    });
    const single = (await recognizer.recognize(image)).faces.map(({ trackId, decision }) => ({ trackId, decision }));
    clearInterval(painting);
    recognizer.close();
    return { faces, single };
  });
  expect(new Set(seen.faces.map(({ trackId }) => trackId))).toEqual(new Set([1]));
  expect(seen.faces.every(({ numbers }) => numbers === 128)).toBe(true);
  const named = seen.faces.findIndex(({ name }) => name === "Eileen");
  expect(named).toBeGreaterThanOrEqual(0);
  expect(seen.faces.slice(named).every(({ name }) => name === "Eileen")).toBe(true);
  expect(seen.single).toEqual([{ trackId: undefined, decision: undefined }]);
});

it("the page's own thread never has a long task while faces are recognised", async () => {
  const page = await bench.open();
  await page.evaluate(async () => {
    const recognizer = await globalThis.page.createRecognizer();
    const image = await globalThis.page.portrait("collins.png");
    Object.assign(globalThis, {
      recognizeTwenty: async () => {
        for (let time = 0; time < 20; time += 1) await recognizer.recognize(image);
      },
    });
  });
  await bench.browser.startTracing(page, { categories: ["toplevel"] });
  await page.evaluate("recognizeTwenty()");
  const { traceEvents }: Trace = JSON.parse((await bench.browser.stopTracing()).toString());
  const longest = (thread: string) => {
    const isThread = new Set(
      traceEvents
        .filter(({ name, args }) => name === "thread_name" && args.name === thread)
        .map(({ pid, tid }) => `${pid} ${tid}`),
    );
    // Processor time, not the clock's: the machine may be busy with something else.
    const times = traceEvents.filter(({ pid, tid }) => isThread.has(`${pid} ${tid}`)).map(({ tdur }) => tdur ?? 0);
    return Math.max(...times) / 1000;
  };
  const [pageMs, workerMs] = [longest("CrRendererMain"), longest("DedicatedWorker thread")];
  expect(pageMs).toBeGreaterThan(0);
  expect(pageMs).toBeLessThan(LONG_TASK_MS);
  // The work was done, and was seen.
  expect(workerMs).toBeGreaterThan(pageMs);
});
