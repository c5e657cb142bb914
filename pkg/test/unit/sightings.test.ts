import { describe, expect, it } from "vitest";

import { Sightings, type SeenFace } from "../../src/relay/sightings.js";
import { match } from "./made.js";

const RULES = { coolDownMs: 10_000, retryMs: 1_000 };

/** Somebody whom all looks take for `name`, and the latest as well. */
const known = (trackId: number, name: string): SeenFace => {
  const who = { outcome: "known", personId: name, name } as const;
  return { trackId, match: match(who), decision: { ...who, looks: 3 } };
};

const ana = known(1, "ana");
const luis = known(2, "luis");
const nobody = { personId: null, name: null, looks: 3 };
const stranger: SeenFace = { trackId: 3, match: match(), decision: { outcome: "unknown", ...nobody } };

/** Shows the same faces `frames` times, 100 ms apart, and collects what was reported. */
function show(sightings: Sightings, faces: SeenFace[], frames: number, from = 0): SeenFace[] {
  return Array.from({ length: frames }, (_, frame) => sightings.look(faces, from + frame * 100)).flat();
}

describe("Sightings", () => {
  it("reports each once, and again after the cool-down while they stay", () => {
    const sightings = new Sightings(RULES);
    expect(show(sightings, [ana, stranger], 50)).toEqual([ana, stranger]);
    expect(sightings.look([ana, stranger], 9_999)).toEqual([]);
    expect(sightings.look([ana, stranger], 10_000)).toEqual([ana, stranger]);
  });

  it("holds a report back while nothing is decided, not sure, not searched, or the latest look disagrees", () => {
    const sightings = new Sightings(RULES);
    for (const outcome of ["undecided", "not-sure"] as const) {
      const decision = { outcome, ...nobody };
      expect(sightings.look([{ trackId: 3, match: match({ outcome: "not-sure" }), decision }], 0)).toEqual([]);
    }
    expect(sightings.look([{ trackId: 3 }], 0)).toEqual([]);
    expect(sightings.look([{ ...ana, match: match() }], 100)).toEqual([]);
    expect(sightings.look([ana], 200)).toEqual([ana]);
  });

  it("does not report somebody again who comes back within the cool-down, in another track", () => {
    const sightings = new Sightings(RULES);
    sightings.look([ana], 0);
    expect(sightings.look([{ ...ana, trackId: 9 }], 5_000)).toEqual([]);
  });

  it("reports whoever comes next at once, another stranger too", () => {
    const sightings = new Sightings(RULES);
    sightings.look([ana, stranger], 0);
    expect(sightings.look([ana, luis, stranger, { ...stranger, trackId: 4 }], 100)).toEqual([
      luis,
      { ...stranger, trackId: 4 },
    ]);
  });

  it("tries again after a report that failed, but not at once", () => {
    const sightings = new Sightings(RULES);
    const reported = sightings.look([ana, stranger], 0);
    sightings.failed(reported, 300);
    expect(sightings.look([ana, stranger], 1_299)).toEqual([]);
    expect(sightings.look([ana, stranger], 1_300)).toEqual([ana, stranger]);
  });
});
