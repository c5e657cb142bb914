import { beforeAll, describe, expect, it, vi } from "vitest";
import { Recognizer } from "../../src/recognizer.js";
import { FakeImageData, FakeWorker, healthy } from "./fakes.js";
import { create as createWith, face, load, picture } from "./made.js";

const gallery = {
  model: "sface-2021dec",
  threshold: 1,
  entries: [{ person_id: "1", name: "Ana", embedding: new Float32Array(128) }],
};

beforeAll(() => {
  vi.stubGlobal("ImageData", FakeImageData);
});

/** A picture on its way to the worker. */
const sent = { type: "pixels", rgba: new Uint8ClampedArray(32), width: 4, height: 2 } as const;

const create = (...workers: FakeWorker[]) => createWith({ helpers: 0 }, ...workers);

describe("while it runs", () => {
  it("answers with faces, the frame's size and times", async () => {
    const { recognizer } = await create();
    const recognition = await recognizer.recognize(picture);
    expect(recognition.frame).toEqual({ width: 4, height: 2 });
    expect(recognition.faces).toEqual([]);
    expect(recognition.pictureFaults).toEqual(["no-face"]);
    expect(recognition.timing.totalMs).toBeGreaterThanOrEqual(0);
  });

  it("leaves the caller's pixels alone", async () => {
    const { recognizer, spawned } = await create();
    await recognizer.recognize(picture);
    const sent = spawned[0]?.received.at(-1);
    if (sent?.kind !== "recognize" || sent.request.type !== "pixels") throw new Error("no pixels were sent");
    expect(sent.request.rgba).not.toBe(picture.data);
    expect(sent.request.rgba).toHaveLength(picture.data.length);
  });

  it("sums the progress of all files", async () => {
    const { spawned, onProgress } = await create();
    const file = { file: "a.graph", totalBytes: 100, source: "network" as const };
    spawned[0]?.say({ type: "progress", progress: { ...file, loadedBytes: 40 } });
    spawned[0]?.say({ type: "progress", progress: { ...file, file: "b.graph", totalBytes: 50, loadedBytes: 50 } });
    expect(onProgress).toHaveBeenLastCalledWith(expect.objectContaining({ loadedBytes: 90, totalBytes: 180 }));
  });

  it("refuses a gallery entry of another length by its place", async () => {
    const { recognizer } = await create();
    const entries = [{ person_id: "1", name: "Ana", embedding: [1, 2, 3] }];
    const refused = recognizer.setGallery({ model: "sface-2021dec", entries });
    await expect(refused).rejects.toMatchObject({ code: "invalid-embedding", field: "entries" });
  });
});

describe("without looking anybody up", () => {
  it("finds faces and embeds none", async () => {
    const { recognizer, spawned } = await create();
    const { faces, frame, timing } = await recognizer.detect(picture);
    expect([faces, frame]).toEqual([[], { width: 4, height: 2 }]);
    expect(Object.keys(timing)).toEqual(["captureMs", "pixelsMs", "detectMs", "totalMs"]);
    expect(spawned[0]?.kinds).toEqual(["load", "detect"]);
  });

  it("embeds the one face, and no picture of none or of several", async () => {
    const seen = (count: number) => ({ ...healthy.recognize(sent)!, faces: Array.from({ length: count }, () => face()) });
    const left = [1, 0, 2].map(seen);
    const { recognizer } = await create(new FakeWorker({ recognize: () => left.shift() }));
    expect(await recognizer.embed(picture)).toMatchObject({ model: "sface-2021dec" });
    await expect(recognizer.embed(picture)).rejects.toMatchObject({ code: "no-face" });
    await expect(recognizer.embed(picture)).rejects.toMatchObject({ code: "several-faces" });
  });
});

describe("its state", () => {
  it("is told when a worker ends and another takes its place", async () => {
    const { recognizer, spawned } = await create();
    const states: unknown[] = [];
    recognizer.onState((state, error) => states.push([state, error?.code]));
    spawned[0]?.crash();
    expect(recognizer.state).toBe("restarting");
    await recognizer.recognize(picture);
    expect(states).toEqual([
      ["restarting", "closed"],
      ["ready", undefined],
    ]);
  });

  it("is told once and last when it gives up, and not to whoever closes it", async () => {
    const { recognizer, spawned } = await create();
    const states: string[] = [];
    recognizer.onState((state) => states.push(state));
    for (let ended = 0; ended < 4; ended++) {
      await vi.waitFor(() => expect(recognizer.state).toBe("ready"));
      spawned.at(-1)?.crash();
    }
    expect(states.at(-1)).toBe("closed");
    expect(states.filter((state) => state === "closed")).toHaveLength(1);

    const other = (await create()).recognizer;
    other.onState((state) => states.push(`other ${state}`));
    other.close();
    expect(states.some((state) => state.startsWith("other"))).toBe(false);
    expect(other.state).toBe("closed");
  });
});

describe("by what people are named", () => {
  const rules = [
    { title: "nothing chosen", given: {}, rule: { ownRates: [] } },
    {
      title: "what the relay says",
      given: {
        threshold: 1.1,
        stranger_named_one_in: 10_000,
        own_rates: [{ person_id: "1", stranger_named_one_in: 50 }],
      },
      rule: {
        threshold: 1.1,
        strangerNamedOneIn: 10_000,
        ownRates: [{ personId: "1", strangerNamedOneIn: 50 }],
      },
    },
  ];
  it.each(rules)("goes to the worker: $title", async ({ given, rule }) => {
    const { recognizer, spawned } = await create();
    const { model, entries } = gallery;
    await recognizer.setGallery({ model, entries, ...given });
    const sent = spawned[0]?.received.find((request) => request.kind === "setGallery")?.request;
    expect(sent).toHaveProperty("rule", rule);
  });
});

describe("what was corrected", () => {
  const negative = { person_id: "1", embedding: new Float32Array(128).fill(0.5) };

  it("goes to the worker with the gallery", async () => {
    const { recognizer, spawned } = await create();
    await recognizer.setGallery({ ...gallery, negatives: [negative] });
    const sent = spawned[0]?.received.find((request) => request.kind === "setGallery")?.request;
    expect(sent).toMatchObject({ negativeIds: ["1"], negativeVectors: negative.embedding });
  });

  it("is refused by its place when it is of another length", async () => {
    const { recognizer } = await create();
    const refused = recognizer.setGallery({ ...gallery, negatives: [{ person_id: "1", embedding: [1] }] });
    await expect(refused).rejects.toMatchObject({ code: "invalid-embedding", field: "negatives" });
  });
});

describe("samples of one person", () => {
  it("go to the worker in a row, with whom they are added to", async () => {
    const { recognizer, spawned } = await create();
    const samples = [new Float32Array(128).fill(1), Array<number>(128).fill(2)];
    const check = await recognizer.checkSamples("sface-2021dec", samples, { except: "1" });
    expect(check).toEqual({ nearIdentical: [], odd: [], alreadyEnrolled: null });
    const sent = spawned[0]?.received.at(-1);
    if (sent?.kind !== "checkSamples") throw new Error("nothing was sent");
    expect(sent.request).toMatchObject({ model: "sface-2021dec", except: "1" });
    expect([...sent.request.vectors]).toEqual([...Array<number>(128).fill(1), ...Array<number>(128).fill(2)]);
  });

  it("are refused by their place when one is of another length", async () => {
    const { recognizer } = await create();
    const refused = recognizer.checkSamples("sface-2021dec", [new Float32Array(128), [1, 2]]);
    await expect(refused).rejects.toMatchObject({ code: "invalid-embedding", field: "samples" });
  });
});

describe("a signal", () => {
  it("gives a recognition up at once", async () => {
    const { recognizer } = await create(new FakeWorker({ recognize: () => undefined }));
    const giveUp = new AbortController();
    const waiting = recognizer.recognize(picture, { signal: giveUp.signal });
    giveUp.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    await expect(recognizer.recognize(picture, { signal: giveUp.signal })).rejects.toMatchObject({ code: "aborted" });
  });

  it("gives the loading up and ends the worker", async () => {
    const worker = new FakeWorker({ load: () => undefined });
    const giveUp = new AbortController();
    const loading = Recognizer.create({ load, spawn: () => worker, helpers: 0, onProgress: vi.fn() }, giveUp.signal);
    giveUp.abort();
    await expect(loading).rejects.toMatchObject({ code: "aborted" });
    expect(worker.terminated).toBe(true);
  });
});

describe("when a worker dies", () => {
  it("rejects what waits, starts another, loads it and gives it the gallery", async () => {
    const mute = new FakeWorker({ recognize: () => undefined });
    const { recognizer, spawned } = await create(mute);
    await recognizer.setGallery(gallery);
    const waiting = recognizer.recognize(picture);
    await vi.waitFor(() => expect(mute.kinds).toContain("recognize"));
    mute.crash();
    await expect(waiting).rejects.toMatchObject({ code: "closed" });
    await recognizer.recognize(picture);
    expect(spawned[1]?.kinds).toEqual(["load", "setGallery", "recognize"]);
  });

  it("gives up after three new workers in a row", async () => {
    const dying = () => {
      const worker: FakeWorker = new FakeWorker({ recognize: () => void queueMicrotask(() => worker.crash()) });
      return worker;
    };
    const { recognizer, spawned } = await create(dying(), dying(), dying(), dying(), dying());
    for (let time = 0; time < 4; time += 1) {
      await expect(recognizer.recognize(picture)).rejects.toMatchObject({ code: "closed" });
    }
    await expect(recognizer.recognize(picture)).rejects.toMatchObject({ message: /gave up after 3 new workers/ });
    expect(spawned).toHaveLength(4);
  });

  it("counts anew after a success", async () => {
    const dieOnce = () => {
      let frames = 0;
      const worker: FakeWorker = new FakeWorker({
        recognize: (request) => {
          frames += 1;
          if (frames === 1) return healthy.recognize(request);
          queueMicrotask(() => worker.crash());
          return undefined;
        },
      });
      return worker;
    };
    const { recognizer, spawned } = await create(...Array.from({ length: 6 }, dieOnce));
    for (let time = 0; time < 5; time += 1) {
      await recognizer.recognize(picture);
      await expect(recognizer.recognize(picture)).rejects.toMatchObject({ code: "closed" });
    }
    expect(spawned).toHaveLength(6);
  });

  it("is closed when the new worker cannot load", async () => {
    const first = new FakeWorker();
    const broken = new FakeWorker({
      load: () => {
        throw new Error("the model file a.graph could not be fetched");
      },
    });
    const { recognizer, spawned } = await create(first, broken);
    first.crash();
    await expect(recognizer.recognize(picture)).rejects.toMatchObject({ message: /could not be fetched/ });
    await expect(recognizer.recognize(picture)).rejects.toMatchObject({ message: /could not be fetched/ });
    expect(spawned).toHaveLength(2);
    expect(broken.terminated).toBe(true);
  });
});

describe("a watch", () => {
  const video = () => ({ requestVideoFrameCallback: () => 7, cancelVideoFrameCallback: vi.fn() });
  const watched = async (...workers: FakeWorker[]) => {
    const { recognizer } = await create(...workers);
    const [element, onError] = [video(), vi.fn()];
    recognizer.watch(element as unknown as HTMLVideoElement, () => undefined, { onError });
    return { recognizer, element, onError };
  };

  it("ends, and says so once, when the recogniser gives up", async () => {
    const first = new FakeWorker();
    const broken = new FakeWorker({
      load: () => {
        throw new Error("the model file a.graph could not be fetched");
      },
    });
    const { recognizer, element, onError } = await watched(first, broken);
    first.crash();
    await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce());
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ message: /could not be fetched/ });
    expect(element.cancelVideoFrameCallback).toHaveBeenCalledWith(7);
    recognizer.close();
    expect(onError).toHaveBeenCalledOnce();
  });

  it("ends without a word when the recogniser is closed", async () => {
    const { recognizer, element, onError } = await watched(new FakeWorker());
    recognizer.close();
    expect(element.cancelVideoFrameCallback).toHaveBeenCalledWith(7);
    expect(onError).not.toHaveBeenCalled();
  });
});

describe("close", () => {
  it("rejects whatever waits, then everything", async () => {
    const { recognizer, spawned } = await create(new FakeWorker({ recognize: () => undefined }));
    const waiting = recognizer.recognize(picture);
    recognizer.close();
    recognizer.close();
    await expect(waiting).rejects.toMatchObject({ code: "closed" });
    await expect(recognizer.recognize(picture)).rejects.toMatchObject({ code: "closed" });
    await expect(recognizer.setGallery(gallery)).rejects.toMatchObject({ code: "closed" });
    expect(spawned[0]?.terminated).toBe(true);
  });

  it("lets go of a picture that was still to be sent", async () => {
    for (const name of ["HTMLVideoElement", "HTMLImageElement"]) vi.stubGlobal(name, class {});
    const bitmap = { width: 4, height: 2, close: vi.fn() };
    vi.stubGlobal("createImageBitmap", async () => bitmap);
    const { recognizer, spawned } = await create(new FakeWorker({ recognize: () => undefined }));
    const waiting = recognizer.recognize(new Blob());
    await vi.waitFor(() => expect(spawned[0]?.kinds).toContain("recognize"));
    expect(bitmap.close).not.toHaveBeenCalled();
    recognizer.close();
    await expect(waiting).rejects.toMatchObject({ code: "closed" });
    expect(bitmap.close).toHaveBeenCalledOnce();
  });

  it("while a new worker loads leaves nothing waiting and nothing running", async () => {
    const first = new FakeWorker();
    const loading = new FakeWorker({ load: () => undefined });
    const { recognizer } = await create(first, loading);
    first.crash();
    const waiting = recognizer.recognize(picture);
    recognizer.close();
    await expect(waiting).rejects.toMatchObject({ code: "closed" });
    expect(loading.terminated).toBe(true);
  });
});

it("a browser that starts no worker is named as such", async () => {
  const spawn = () => {
    throw new ReferenceError("Worker is not defined");
  };
  await expect(Recognizer.create({ load, spawn, helpers: 0, onProgress: vi.fn() }, undefined)).rejects.toMatchObject({
    code: "unsupported-browser",
  });
});
