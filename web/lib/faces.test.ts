import type { Face } from "rostro";
import { describe, expect, it } from "vitest";

import { facesOf } from "./faces";

const first = new Float32Array(128).fill(0.25);
const second = new Float32Array(128).fill(0.5);

function face(parts: Partial<Face> = {}): Face {
  const point = { x: 0, y: 0 };
  return {
    box: { top: 1.5, right: 20, bottom: 30, left: 4 },
    score: 0.9,
    landmarks: [point, point, point, point, point],
    quality: { score: 0.8, faults: [], hints: [], sharpness: 0.5, brightness: 120, yaw: -4, pitch: 0, roll: 0, sidePx: 90 },
    model: "sface-2021dec",
    embedding: first,
    otherEmbeddings: [{ model: "dlib-resnet-v1", embedding: second }],
    ...parts,
  };
}

function match(parts: Partial<NonNullable<Face["match"]>> = {}): NonNullable<Face["match"]> {
  return {
    outcome: "unknown",
    personId: null,
    name: null,
    distance: 1.3,
    threshold: 1.1,
    model: "sface-2021dec",
    confidence: 0,
    margin: null,
    falseMatchRate: 0.5,
    ...parts,
  };
}

const ana = match({ outcome: "known", personId: "p1", name: "Ana", distance: 0.4, confidence: 0.98 });
const isAna = { outcome: "known", personId: "p1", name: "Ana", looks: 4 } as const;

describe("facesOf", () => {
  it("tells a face that nobody looked up from one that nobody is known by", () => {
    const faces = facesOf({ faces: [face(), face({ match: match() }), face({ match: match({ outcome: "not-sure" }) })] });
    expect(faces.map(({ outcome, name }) => [outcome, name])).toEqual([
      ["unsearched", null],
      ["unknown", null],
      ["not-sure", null],
    ]);
    expect(faces.map(({ reportable }) => reportable.match?.distance)).toEqual([undefined, 1.3, 1.3]);
  });

  it("takes the name from all looks at a followed face, and says whether the latest agrees", () => {
    const cases = [
      { latest: ana, agrees: true, confidence: 0.98 },
      { latest: match(), agrees: false, confidence: null },
      { latest: { ...ana, personId: "p2", name: "Luis" }, agrees: false, confidence: null },
    ];
    for (const { latest, ...expected } of cases) {
      const [found] = facesOf({ faces: [face({ trackId: 7, match: latest, decision: isAna })] });
      expect(found).toMatchObject({ trackId: 7, outcome: "known", personId: "p1", name: "Ana", ...expected });
    }
  });

  it("has no name while nothing is decided, whatever the latest look says", () => {
    const undecided = { outcome: "undecided", personId: null, name: null, looks: 1 } as const;
    const [found] = facesOf({ faces: [face({ trackId: 7, match: ana, decision: undecided })] });
    expect(found).toMatchObject({ outcome: "undecided", name: null, agrees: false, confidence: null });
  });

  it("reports the embeddings of all models, and the latest look as a claim", () => {
    const [found] = facesOf({ faces: [face({ match: ana })] });
    expect(found?.embedding).toEqual([...first]);
    expect(found?.reportable).toMatchObject({
      model: "sface-2021dec",
      embedding: first,
      otherEmbeddings: [{ model: "dlib-resnet-v1", embedding: second }],
      match: { name: "Ana", distance: 0.4 },
    });
  });
});
