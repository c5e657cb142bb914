import { describe, expect, it } from "vitest";
import type { GalleryList } from "../../src/generated/GalleryList.js";
import { Galleries } from "../../src/relay/gallery.js";

const MODEL = "sface-2021dec";

/** A relay that answers when it is told to. */
class SlowRelay {
  readonly paths: string[] = [];
  readonly #open: { answer: (response: Response) => void; fail: (error: Error) => void }[] = [];

  send({ path }: { path: string }): Promise<Response> {
    this.paths.push(path);
    return new Promise((answer, fail) => this.#open.push({ answer, fail }));
  }

  answer(version: string, people: string[]): void {
    const gallery: GalleryList = {
      model: MODEL,
      threshold: 1.1,
      stranger_named_one_in: 1000,
      entries: people.map((id) => ({ person_id: id, name: id, embedding: [] })),
      own_rates: [],
      negatives: [],
      version,
    };
    this.#open.shift()?.answer(new Response(JSON.stringify(gallery), { headers: { etag: `"${version}"` } }));
  }

  fail(): void {
    this.#open.shift()?.fail(new Error("away"));
  }
}

function people(gallery: GalleryList): string[] {
  return gallery.entries.map((entry) => entry.person_id);
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

describe("the galleries that are held", () => {
  it("are asked for one request at a time, so that no older answer comes last", async () => {
    const relay = new SlowRelay();
    const galleries = new Galleries(relay);
    const first = galleries.of(MODEL);
    const second = galleries.of(MODEL);
    const third = galleries.of(MODEL);
    expect(relay.paths).toHaveLength(1);
    relay.answer("a-1", ["ana", "eva"]);
    expect(people(await first)).toEqual(["ana", "eva"]);
    await settled();
    expect(relay.paths.slice(1)).toEqual([`v1/gallery?model=${MODEL}&since=a-1`]);
    relay.answer("a-2", ["eva"]);
    expect(people(await second)).toEqual(["eva"]);
    expect(await third).toBe(await second);
  });

  it("are asked for again after a request that failed", async () => {
    const relay = new SlowRelay();
    const galleries = new Galleries(relay);
    const first = galleries.of(MODEL);
    const second = galleries.of(MODEL);
    relay.fail();
    await expect(first).rejects.toThrow("away");
    await settled();
    relay.answer("a-1", ["ana"]);
    expect(people(await second)).toEqual(["ana"]);
    const third = galleries.of(MODEL);
    relay.answer("a-1", ["ana"]);
    expect(people(await third)).toEqual(["ana"]);
    expect(relay.paths).toHaveLength(3);
  });

  it("of one model do not wait for another's", async () => {
    const relay = new SlowRelay();
    const galleries = new Galleries(relay);
    const both = [galleries.of(MODEL), galleries.of("dlib-resnet-v1")];
    expect(relay.paths).toHaveLength(2);
    relay.answer("a-1", []);
    relay.answer("a-1", []);
    await Promise.all(both);
  });
});
