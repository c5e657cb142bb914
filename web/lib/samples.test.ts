import { describe, expect, it } from "vitest";

import { idsJustMade, qualityWord, recordedLines, sampleLines, type RelayEncoding } from "./samples";

const AT = "2026-11-22T09:00:00Z";
const EARLIER = "2026-11-20T09:00:00Z";

function encoding(id: number, over: Partial<RelayEncoding> = {}): RelayEncoding {
  return { id, model: "sface-2021dec", source: "browser", created_at: AT, ...over };
}

function profile(providerFaceId: string, quality: number | null) {
  return { id: `of ${providerFaceId}`, providerFaceId, version: "sface-2021dec", quality, createdAt: new Date(AT) };
}

describe("sampleLines", () => {
  it("says of each encoding where it is from, and how good it is where that was kept", () => {
    const encodings = [
      encoding(1, { source: "import-float64", model: "dlib-resnet-v1" }),
      encoding(2),
      encoding(3, { source: "derived" }),
      encoding(4, { source: "from the future" }),
    ];
    const lines = sampleLines(encodings, [profile("p1/2", 0.83), profile("p2/3", 0.4)], (id) => `p1/${id}`);
    expect(lines.map(({ id, origin, quality }) => [id, origin, quality])).toEqual([
      [1, "import", null],
      [2, "app", 0.83],
      [3, "derived", null],
      [4, "other", null],
    ]);
  });

  it("is this app's records alone where the relay cannot be asked", () => {
    expect(recordedLines([profile("p1/2", 0.83)])).toEqual([
      { id: null, model: "sface-2021dec", origin: null, quality: 0.83, createdAt: "2026-11-22T09:00:00.000Z" },
    ]);
  });
});

describe("idsJustMade", () => {
  const before = encoding(3, { created_at: EARLIER });
  it.each([
    ["the newest, in their order", [encoding(9), before, encoding(8)], 2, [8, 9]],
    ["not what is from another moment", [before, encoding(8)], 2, null],
    ["not fewer than there were samples", [encoding(8)], 2, null],
    ["not those of another model", [encoding(8), encoding(9, { model: "dlib-resnet-v1" })], 2, null],
  ])("%s", (_, encodings, samples, expected) => {
    expect(idsJustMade(encodings, Array<string>(samples).fill("sface-2021dec"))).toEqual(expected);
  });
});

describe("qualityWord", () => {
  it.each([
    [1, "good"],
    [0.7, "good"],
    [0.69, "fair"],
    [0.5, "poor"],
    [0, "poor"],
  ])("%f is %s", (quality, word) => {
    expect(qualityWord(quality)).toBe(word);
  });
});
