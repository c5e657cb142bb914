import { describe, expect, it, vi } from "vitest";
import { WorkerChannel } from "../../src/channel.js";
import { RostroError } from "../../src/errors.js";
import { FakeWorker } from "./fakes.js";

const pair = { model: "sface-2021dec", a: new Float32Array(128), b: new Float32Array(128), threshold: undefined };

function open(worker: FakeWorker) {
  const events = { onProgress: vi.fn(), onDeath: vi.fn() };
  return { channel: new WorkerChannel(worker, events), events };
}

describe("a request settles", () => {
  it("by its answer, whatever the order", async () => {
    const worker = new FakeWorker({ compare: () => undefined });
    const { channel } = open(worker);
    const first = channel.call("compare", pair);
    const second = channel.call("compare", pair);
    const answer = (id: number, distance: number) =>
      worker.say({ type: "answer", id, kind: "compare", answer: { distance, threshold: 1, same: true } });
    answer(2, 0.2);
    answer(1, 0.1);
    expect((await first).distance).toBe(0.1);
    expect((await second).distance).toBe(0.2);
  });

  it("by its failure, and the worker goes on", async () => {
    let calls = 0;
    const worker = new FakeWorker({
      compare: () => {
        calls += 1;
        if (calls === 1) throw new Error("no picture");
        return { distance: 0.5, threshold: 1, same: true };
      },
    });
    const { channel, events } = open(worker);
    await expect(channel.call("compare", pair)).rejects.toMatchObject({ code: "invalid-image", message: "no picture" });
    expect((await channel.call("compare", pair)).distance).toBe(0.5);
    expect(events.onDeath).not.toHaveBeenCalled();
  });

  const deaths: [string, (worker: FakeWorker) => void][] = [
    ["a script error", (worker) => worker.crash()],
    ["a trap", (worker) => worker.say({ type: "trapped", message: "unreachable" })],
    ["an answer that cannot be read", (worker) => worker.onmessageerror?.(new MessageEvent("messageerror"))],
  ];
  it.each(deaths)("by the worker's death: %s", async (_name, die) => {
    const worker = new FakeWorker({ compare: () => undefined, load: () => undefined });
    const { channel, events } = open(worker);
    await Promise.resolve();
    const waiting = [channel.call("compare", pair), channel.call("compare", pair)];
    die(worker);
    for (const request of waiting) await expect(request).rejects.toMatchObject({ code: "closed" });
    expect(worker.terminated).toBe(true);
    expect(events.onDeath).toHaveBeenCalledTimes(1);
    await expect(channel.call("compare", pair)).rejects.toMatchObject({ code: "closed" });
  });

  it("by close, which is no death", async () => {
    const worker = new FakeWorker({ compare: () => undefined });
    const { channel, events } = open(worker);
    const waiting = channel.call("compare", pair);
    channel.close(new RostroError("closed", "done"));
    await expect(waiting).rejects.toMatchObject({ code: "closed", message: "done" });
    await expect(channel.call("compare", pair)).rejects.toMatchObject({ code: "closed" });
    expect(events.onDeath).not.toHaveBeenCalled();
  });

  it("when it cannot be handed over", async () => {
    const worker = new FakeWorker();
    worker.postMessage = () => {
      throw new DOMException("no", "DataCloneError");
    };
    await expect(open(worker).channel.call("compare", pair)).rejects.toMatchObject({ code: "invalid-request" });
  });
});

it("a worker that never started says what forbids it", async () => {
  const worker = new FakeWorker({ load: () => undefined });
  const { channel, events } = open(worker);
  const waiting = channel.call("compare", pair);
  worker.crash("");
  await expect(waiting).rejects.toMatchObject({ code: "unsupported-browser" });
  expect(events.onDeath).toHaveBeenCalledTimes(1);
});

it("nothing is sent before the worker listens", async () => {
  const worker = new FakeWorker();
  const { channel } = open(worker);
  const waiting = channel.call("compare", pair);
  expect(worker.received).toEqual([]);
  await waiting;
  expect(worker.kinds).toEqual(["compare"]);
});

it("progress is passed on", async () => {
  const worker = new FakeWorker();
  const { events } = open(worker);
  const progress = { file: "a.graph", loadedBytes: 1, totalBytes: 2, source: "network" as const };
  worker.say({ type: "progress", progress });
  expect(events.onProgress).toHaveBeenCalledWith(progress);
});
