import { describe, expect, it } from "vitest";
import { RostroError } from "../../src/errors.js";
import { samplesMissing } from "../../src/react/use-enrolment.js";
import { squareAround } from "../../src/react/thumbnail.js";
import type { Recognition } from "../../src/recognizer.js";
import { misfit, takeSamples, type SampleTaker } from "../../src/samples.js";
import type { SampleCheck } from "../../wasm/rostro_wasm.js";
import { face } from "./made.js";

const good = face({ otherEmbeddings: [] });
const timing = { captureMs: 0, pixelsMs: 0, detectMs: 0, embedMs: 0, totalMs: 0 };
const seen = (parts: Partial<Recognition>): Recognition => ({
  faces: [good],
  pictureFaults: [],
  frame: { width: 4, height: 2 },
  timing,
  ...parts,
});

/** A recogniser that sees these, one after the other, and finds that `check` of any samples. */
function taker(looks: readonly (Recognition | RostroError)[], check: Partial<SampleCheck> = {}): SampleTaker {
  const left = [...looks];
  return {
    recognize: async () => {
      const next = left.shift();
      if (next === undefined || next instanceof RostroError) throw next ?? new Error("asked too often");
      return next;
    },
    checkSamples: async () => ({ nearIdentical: [], odd: [], alreadyEnrolled: null, ...check }),
  };
}

const pictures = (count: number) => Array.from({ length: count }, () => new Blob());

describe("samples out of pictures", () => {
  it("are those that show one good face; the others are told of by their place", async () => {
    const looks = [
      seen({}),
      seen({ faces: [], pictureFaults: ["no-face"] }),
      new RostroError("invalid-image", "no picture can be taken from this source"),
      seen({ pictureFaults: ["too-dark", "blurred"] }),
      seen({ faces: [face()] }),
    ];
    const { samples, refused } = await takeSamples(taker(looks), pictures(5));
    expect(refused).toEqual([
      { index: 1, fault: "no-face" },
      { index: 2, fault: "unreadable" },
      { index: 3, fault: "too-dark" },
    ]);
    expect(samples.map(({ model }) => model)).toEqual(["sface-2021dec", "sface-2021dec", "dlib-resnet-v1"]);
  });

  it("say who is enrolled already", async () => {
    const alreadyEnrolled = { personId: "p1", name: "Ana", distance: 0.3 };
    const taken = await takeSamples(taker([seen({})], { alreadyEnrolled }), pictures(1));
    expect(taken.alreadyEnrolled).toEqual(alreadyEnrolled);
  });

  it("are not taken by a recogniser that cannot work", async () => {
    const closed = new RostroError("closed", "the recogniser was closed");
    await expect(takeSamples(taker([closed]), pictures(1))).rejects.toBe(closed);
  });
});

describe("whether the newest of three samples fits", () => {
  it.each([
    ["nothing", [], [], null],
    ["an earlier pair that is the same", [[0, 1]], [], null],
    ["the same as an earlier one", [[0, 2]], [], "near-identical"],
    ["unlike the others", [], [2], "other-person"],
    ["an earlier one that is unlike", [], [0], null],
  ] as const)("%s", async (_, pairs, odd, fault) => {
    const nearIdentical = pairs.map(([a, b]): [number, number] => [a, b]);
    expect(await misfit(taker([], { nearIdentical, odd: [...odd] }), [good, good, good])).toBe(fault);
  });
});

describe("a thumbnail", () => {
  it("has the face in its middle", () => {
    const { left, top, side } = squareAround({ top: 100, bottom: 300, left: 50, right: 150 });
    expect([left + side / 2, top + side / 2, side]).toEqual([100, 200, 300]);
  });
});

describe("samples that are still needed", () => {
  it.each([
    ["nothing yet", [], 3],
    ["one from the camera", ["camera"], 2],
    ["three from the camera", ["camera", "camera", "camera"], 0],
    ["one picture", ["file"], 0],
  ] as const)("%s", (_, sources, missing) => {
    expect(samplesMissing(sources.map((source) => ({ source })))).toBe(missing);
  });
});
