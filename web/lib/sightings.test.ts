import { describe, expect, it } from "vitest";

import { Sightings, type SeenFace } from "./sightings";

const RULES = { coolDownMs: 10_000, retryMs: 1_000 };

const ana: SeenFace = { trackId: 1, outcome: "known", personId: "ana", agrees: true };
const luis: SeenFace = { trackId: 2, outcome: "known", personId: "luis", agrees: true };
const stranger: SeenFace = { trackId: 3, outcome: "unknown", personId: null, agrees: true };

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
    for (const outcome of ["undecided", "not-sure", "unsearched"] as const) {
      expect(sightings.look([{ ...stranger, outcome }], 0)).toEqual([]);
    }
    expect(sightings.look([{ ...ana, agrees: false }], 100)).toEqual([]);
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
