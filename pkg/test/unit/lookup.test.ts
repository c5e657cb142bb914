import { beforeAll, describe, expect, it, vi } from "vitest";
import { RostroError } from "../../src/errors.js";
import { AskedTracks, type Lookup } from "../../src/lookup.js";
import { remoteGallery } from "../../src/relay/remote.js";
import type { FaceMatch } from "../../wasm/rostro_wasm.js";
import { FakeImageData, FakeWorker, nobody } from "./fakes.js";
import { create, face, match, picture } from "./made.js";

const ana = match({ outcome: "known", personId: "1", name: "Ana", confidence: 0.9 });
const luis = match({ outcome: "known", personId: "2", name: "Luis", confidence: 0.9 });
const stranger = match();

beforeAll(() => {
  vi.stubGlobal("ImageData", FakeImageData);
});

/** Answers one after the other; an error is thrown. */
function answering(...answers: (FaceMatch | Error)[]) {
  const left = [...answers];
  return vi.fn<Lookup>(async () => {
    const answer = left.shift();
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error("was asked too often");
    return answer;
  });
}

/** The n-th look at the face of a track. */
const look = (n: number, trackId = 7) => face({ trackId, embedding: new Float32Array(128).fill(n / 100) });

/** Whom each frame names, an answer coming before the next. */
async function decisions(tracks: AskedTracks, looks: readonly number[], stepMs = 1000) {
  const names: string[] = [];
  for (const [index, n] of looks.entries()) {
    const [named] = tracks.named([look(n)], 1000 + index * stepMs);
    const { outcome, name } = named?.decision ?? { outcome: "none", name: null };
    names.push(name ?? outcome);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return names;
}

describe("faces that are asked about", () => {
  it("have a name once two answers agree, and another one once two say so", async () => {
    const tracks = new AskedTracks(answering(ana, ana, luis, ana, luis, luis, stranger, stranger), vi.fn());
    const seen = await decisions(tracks, [1, 2, 3, 4, 5, 6, 7, 8, 9], 100);
    expect(seen).toEqual(["undecided", "undecided", "Ana", "Ana", "Ana", "Ana", "Luis", "Luis", "unknown"]);
  });

  it("are asked about once a look, and again after a second", async () => {
    const lookup = answering(ana, ana, ana);
    const tracks = new AskedTracks(lookup, vi.fn());
    await decisions(tracks, [1, 1, 1, 2, 2, 2], 30);
    expect(lookup).toHaveBeenCalledTimes(2);
    tracks.named([look(2)], 2500);
    expect(lookup).toHaveBeenCalledTimes(3);
    const embeddings = lookup.mock.calls[0]?.[0] ?? [];
    expect(embeddings.map(({ model }) => model)).toEqual(["sface-2021dec", "dlib-resnet-v1"]);
  });

  it("are not asked about again while an answer is awaited", async () => {
    const lookup = vi.fn<Lookup>(() => new Promise(() => undefined));
    const tracks = new AskedTracks(lookup, vi.fn());
    await decisions(tracks, [1, 2, 3]);
    tracks.named([look(1, 8)], 9000);
    expect(lookup).toHaveBeenCalledTimes(2);
  });

  it("lose their name when nobody confirms it any more, and that is told", async () => {
    const away = new RostroError("relay-unreachable", "away");
    const onError = vi.fn();
    const tracks = new AskedTracks(answering(ana, ana, away, away, away, ana, ana, ana), onError);
    const seen = await decisions(tracks, [1, 2, 3, 4, 5, 6, 7, 8], 2000);
    expect(seen).toEqual(["undecided", "undecided", "Ana", "Ana", "undecided", "undecided", "undecided", "Ana"]);
    expect(onError).toHaveBeenCalledTimes(3);
    expect(onError).toHaveBeenCalledWith(away);
  });

  it("keep the match of the latest answer, and are told apart", async () => {
    const tracks = new AskedTracks(answering(ana, luis), vi.fn());
    tracks.named([look(1, 1), look(2, 2)], 1000);
    await new Promise((resolve) => setTimeout(resolve));
    const named = tracks.named([look(1, 1), look(2, 2)], 1100);
    expect(named.map((one) => one.match?.name)).toEqual(["Ana", "Luis"]);
  });
});

describe("a recogniser that asks", () => {
  const found = { ...nobody, faces: [face()], pictureFaults: [] };

  it("waits for the answer on a picture, and rejects with what went wrong", async () => {
    const { recognizer } = await create({ helpers: 0 }, new FakeWorker({ recognize: () => found }));
    const end = recognizer.lookUpBy(answering(ana, new RostroError("relay-unreachable", "away")));
    expect((await recognizer.recognize(picture)).faces[0]?.match).toEqual(ana);
    await expect(recognizer.recognize(picture)).rejects.toMatchObject({ code: "relay-unreachable" });
    end();
    expect((await recognizer.recognize(picture)).faces[0]?.match).toBeUndefined();
  });

  it("takes the relay's answer as a gallery's", async () => {
    const identify = vi.fn(async () => ({
      name: "Ana",
      person_id: "1",
      distance: 0.8,
      threshold: 1.05,
      model: "sface-2021dec",
      decision: { outcome: "known" as const, margin: 0.3, false_match_rate: 1e-6, probability: 0.99 },
      box: null,
    }));
    const { recognizer } = await create({ helpers: 0 }, new FakeWorker({ recognize: () => found }));
    await remoteGallery({ identify }).attach(recognizer);
    const { faces } = await recognizer.recognize(picture);
    expect(faces[0]?.match).toEqual({
      outcome: "known",
      personId: "1",
      name: "Ana",
      distance: 0.8,
      threshold: 1.05,
      model: "sface-2021dec",
      confidence: 0.99,
      margin: 0.3,
      falseMatchRate: 1e-6,
    });
  });
});
