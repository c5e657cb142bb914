import { describe, expect, it } from "vitest";
import { newlyKnown } from "../../src/react/face-camera.js";
import { face, match } from "./made.js";

const ana = { outcome: "known", personId: "p1", name: "Ana" } as const;
const luis = { outcome: "known", personId: "p2", name: "Luis" } as const;
const nobody = { outcome: "unknown", personId: null, name: null } as const;

const seen = (trackId: number, who: typeof ana | typeof luis | typeof nobody) =>
  face({ trackId, match: match({ ...who, confidence: 0.9 }), decision: { ...who, looks: 3 } });

describe("whoever comes into view", () => {
  const names = (told: Map<number, string>, ...faces: ReturnType<typeof seen>[]) =>
    newlyKnown(told, faces).map(({ name }) => name);

  it("is told of once for each track, and again as somebody else", () => {
    const told = new Map<number, string>();
    expect(names(told, seen(1, ana), seen(2, nobody))).toEqual(["Ana"]);
    expect(names(told, seen(1, ana), seen(2, luis))).toEqual(["Luis"]);
    expect(names(told, seen(1, luis))).toEqual(["Luis"]);
    expect(names(told, seen(3, ana))).toEqual(["Ana"]);
  });

  it("is not told of by a face that nobody follows", () => {
    expect(newlyKnown(new Map(), [face({ match: match(ana) })])).toEqual([]);
  });

  it("is remembered for as many tracks as there could be at once, and not for ever", () => {
    const told = new Map<number, string>();
    for (let track = 0; track < 5_000; track++) newlyKnown(told, [seen(track, ana)]);
    expect(told.size).toBeLessThan(300);
    expect(names(told, seen(4_999, ana))).toEqual([]);
  });
});
