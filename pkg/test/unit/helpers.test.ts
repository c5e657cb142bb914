import { beforeAll, describe, expect, it, vi } from "vitest";
import { helpersFor } from "../../src/helpers.js";
import { FakeImageData, FakeWorker, nobody } from "./fakes.js";
import { create, picture } from "./made.js";

beforeAll(() => {
  vi.stubGlobal("ImageData", FakeImageData);
});

/** A worker that embeds `looks` faces of every picture. */
const busy = (looks: number) => new FakeWorker({ recognize: () => ({ ...nobody, looks }) });

it.each([
  [undefined, 0],
  [1, 0],
  [2, 0],
  [4, 2],
  [16, 3],
])("a machine of %s cores has room for %i helpers", (cores, helpers) => {
  expect(helpersFor(cores)).toBe(helpers);
});

describe("helpers", () => {
  it.each([
    ["one face", 1, 3, 1],
    ["two faces", 2, 3, 2],
    ["ten faces", 10, 3, 4],
    ["ten faces, where none are wanted", 10, 0, 1],
  ])("are started for %s as far as they are of use", async (_, looks, helpers, workers) => {
    const { recognizer, spawned } = await create({ helpers }, busy(looks));
    for (let frame = 0; frame < 3; frame++) await recognizer.recognize(picture);
    await vi.waitFor(() => {
      expect(spawned).toHaveLength(workers);
      expect(spawned[0]?.kinds.filter((kind) => kind === "join")).toHaveLength(workers - 1);
    });
    for (const helper of spawned.slice(1)) expect(helper.kinds).toEqual(["load", "help"]);
    recognizer.close();
    expect(spawned.every((worker) => worker.terminated)).toBe(true);
  });

  it("that cannot be loaded are not tried again, and nobody notices", async () => {
    const broken = new FakeWorker({
      load: () => {
        throw new Error("no memory");
      },
    });
    const { recognizer, spawned } = await create({ helpers: 1 }, busy(5), broken);
    for (let frame = 0; frame < 3; frame++) await recognizer.recognize(picture);
    await vi.waitFor(() => expect(broken.terminated).toBe(true));
    await recognizer.recognize(picture);
    expect(spawned).toHaveLength(2);
    expect(spawned[0]?.kinds).not.toContain("join");
  });

  it("end with the worker that they help, and help the next", async () => {
    const { recognizer, spawned } = await create({ helpers: 1 }, busy(2), new FakeWorker(), busy(2));
    await recognizer.recognize(picture);
    await vi.waitFor(() => expect(spawned[0]?.kinds).toContain("join"));
    spawned[0]?.crash();
    await recognizer.recognize(picture);
    expect(spawned[1]?.terminated).toBe(true);
    await vi.waitFor(() => expect(spawned[2]?.kinds).toContain("join"));
    expect(spawned).toHaveLength(4);
  });
});

