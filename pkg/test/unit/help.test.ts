import { afterEach, describe, expect, it, vi } from "vitest";
import { Help, helpOver } from "../../src/help.js";

const pixels = { data: new Uint8ClampedArray(4 * 6), width: 3, height: 2 };
/** Faces of two numbers each: their index, and a mark. */
const faces = (count: number) => Float32Array.from(Array.from({ length: count }, (_, index) => [index, 7]).flat());

/** What a good helper sees in `asked`: ten times each face's index. */
const look = (_: unknown, asked: Float32Array) =>
  Array.from({ length: asked.length / 2 }, (_, nth) => Float32Array.of(10 * (asked[2 * nth] ?? Number.NaN)));

/** Help by workers that look so. */
function helpBy(...looks: (typeof look)[]) {
  const help = new Help();
  const onError = vi.fn();
  for (const one of looks) {
    const { port1, port2 } = new MessageChannel();
    helpOver(port1 as unknown as MessagePort, one, onError);
    help.add(port2 as unknown as MessagePort);
    ports.push(port1, port2);
  }
  return { help, onError };
}

const ports: { close(): void }[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
  vi.useRealTimers();
});

describe("faces of a frame", () => {
  it.each([
    [2, 1, [0]],
    [3, 1, [0, 2]],
    [7, 2, [0, 3, 6]],
    [2, 3, [0]],
  ])("%i are dealt out among %i helpers and the asker, each once", async (count, helpers, expected) => {
    const { help } = helpBy(...Array.from({ length: helpers }, () => look));
    const { own, others } = help.share(pixels, faces(count), count);
    expect(own).toEqual(expected);
    const done = await others();
    expect([...own, ...done.map(({ index }) => index)].sort()).toEqual(Array.from({ length: count }, (_, i) => i));
    for (const { index, embeddings } of done) expect([...embeddings]).toEqual([10 * index]);
    expect(pixels.data).toHaveLength(24);
  });

  it("are left to the asker by a helper that fails, which is not asked again", async () => {
    const broken = () => {
      throw new Error("trapped");
    };
    const { help, onError } = helpBy(broken, look);
    const { own, others } = help.share(pixels, faces(3), 3);
    expect(own).toEqual([0]);
    expect((await others()).map(({ index }) => index)).toEqual([2]);
    expect(onError).toHaveBeenCalledOnce();
    expect(help.size).toBe(1);
  });

  it("are left to the asker by a helper that says nothing, after a while", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const help = new Help();
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    help.add(port2 as unknown as MessagePort);
    const { others } = help.share(pixels, faces(2), 2);
    // However long the asker's own share takes.
    vi.advanceTimersByTime(60_000);
    const waiting = others();
    vi.advanceTimersByTime(1900);
    expect(help.size).toBe(1);
    vi.advanceTimersByTime(200);
    expect(await waiting).toEqual([]);
    expect(help.size).toBe(0);
  });

  it("are left to the asker by a helper whose worker is gone", async () => {
    const { help } = helpBy(look);
    ports[0]?.close();
    const { others } = help.share(pixels, faces(2), 2);
    expect(await others()).toEqual([]);
    expect(help.size).toBe(0);
  });
});
