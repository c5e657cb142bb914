import type { Face } from "rostro";
import { describe, expect, it } from "vitest";

import { facesOf } from "./faces";

const first = new Float32Array(128).fill(0.25);
const second = new Float32Array(128).fill(0.5);

function face(match?: Face["match"]): Face {
  const point = { x: 0, y: 0 };
  return {
    box: { top: 1.5, right: 20, bottom: 30, left: 4 },
    score: 0.9,
    landmarks: [point, point, point, point, point],
    quality: {
      score: 0.9,
      faults: [],
      hints: [],
      sharpness: 0.5,
      brightness: 128,
      yaw: 0,
      pitch: 0,
      roll: 0,
      sidePx: 120,
    },
    model: "sface-2021dec",
    embedding: first,
    otherEmbeddings: [{ model: "dlib-resnet-v1", embedding: second }],
    ...(match && { match }),
  };
}

describe("facesOf", () => {
  it("tells a face that nobody looked up from one that nobody is known by", () => {
    const unknown = { personId: null, name: null, distance: 1.3, threshold: 1.128, model: "sface-2021dec", confidence: 0 };
    const faces = facesOf({ faces: [face(), face(unknown)] });
    expect(faces.map(({ lookedUp, personId, name }) => [lookedUp, personId, name])).toEqual([
      [false, null, null],
      [true, null, null],
    ]);
    expect(faces.map(({ reportable }) => reportable.match?.distance)).toEqual([undefined, 1.3]);
  });

  it("reports the embedding of the model that recognised the face", () => {
    const match = { personId: "p1", name: "Ana", distance: 0.4, threshold: 0.6, model: "dlib-resnet-v1", confidence: 0.6 };
    const [ana] = facesOf({ faces: [face(match)] });
    expect(ana).toMatchObject({ personId: "p1", name: "Ana", confidence: 0.6, model: "sface-2021dec" });
    expect(ana?.embedding).toEqual([...first]);
    expect(ana?.reportable).toMatchObject({ model: "dlib-resnet-v1", embedding: second, match });
    const [bea] = facesOf({ faces: [face({ ...match, model: "sface-2021dec" })] });
    expect(bea?.reportable).toMatchObject({ model: "sface-2021dec", embedding: first });
  });
});
