import { describe, expect, it } from "vitest";
import { reportedFace } from "../../src/relay/report.js";
import { whoIs } from "../../src/who.js";
import { face, match } from "./made.js";

const ana = match({ outcome: "known", personId: "p1", name: "Ana", distance: 0.4, confidence: 0.98 });
const isAna = { outcome: "known", personId: "p1", name: "Ana", looks: 4 } as const;

describe("who a face is", () => {
  it("tells a face that nobody looked up from one that nobody is known by", () => {
    const faces = [face(), face({ match: match() }), face({ match: match({ outcome: "not-sure" }) })];
    expect(faces.map((one) => whoIs(one)).map(({ outcome, name }) => [outcome, name])).toEqual([
      ["unsearched", null],
      ["unknown", null],
      ["not-sure", null],
    ]);
  });

  it("takes the name from all looks at a followed face, and says whether the latest agrees", () => {
    const cases = [
      { latest: ana, agrees: true, confidence: 0.98 },
      { latest: match(), agrees: false, confidence: null },
      { latest: { ...ana, personId: "p2", name: "Luis" }, agrees: false, confidence: null },
    ];
    for (const { latest, ...expected } of cases) {
      const found = whoIs(face({ trackId: 7, match: latest, decision: isAna }));
      expect(found).toMatchObject({ outcome: "known", personId: "p1", name: "Ana", ...expected });
    }
  });

  it("has no name while nothing is decided, whatever the latest look says", () => {
    const undecided = { outcome: "undecided", personId: null, name: null, looks: 1 } as const;
    const found = whoIs(face({ trackId: 7, match: ana, decision: undecided }));
    expect(found).toMatchObject({ outcome: "undecided", name: null, agrees: false, confidence: null });
  });

  it("is reported by the embeddings of all models, with the latest look as a claim", () => {
    expect(reportedFace(face({ match: ana }))).toMatchObject({
      model: "sface-2021dec",
      embedding: Array<number>(128).fill(0.25),
      others: [{ model: "dlib-resnet-v1", embedding: Array<number>(128).fill(0.5) }],
      claim: { name: "Ana", distance: 0.4 },
    });
  });
});
