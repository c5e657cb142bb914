import { describe, expect, it } from "vitest";

import { overlap, Sightings, type SeenFace } from "./sightings";

const RULES = { framesToConfirm: 3, coolDownMs: 10_000, retryMs: 1_000, shelterMs: 2_000 };

function at(left: number, personId: string | null): SeenFace {
  return { personId, box: { top: 0, bottom: 100, left, right: left + 100 } };
}

/** Shows the same faces `frames` times, 100 ms apart, and collects what was reported. */
function show(sightings: Sightings, faces: SeenFace[], frames: number, from = 0): SeenFace[] {
  return Array.from({ length: frames }, (_, frame) => sightings.look(faces, from + frame * 100)).flat();
}

const ana = at(0, "ana");
const luis = at(300, "luis");
const stranger = at(600, null);

describe("Sightings", () => {
  it("reports a person once, after enough frames in a row", () => {
    const sightings = new Sightings(RULES);
    expect(show(sightings, [ana], 2)).toEqual([]);
    expect(sightings.look([ana], 200)).toEqual([ana]);
    expect(show(sightings, [ana], 50, 300)).toEqual([]);
  });

  it("reports somebody who stays again after the cool-down", () => {
    const sightings = new Sightings(RULES);
    show(sightings, [ana], 3);
    expect(sightings.look([ana], 10_199)).toEqual([]);
    expect(sightings.look([ana], 10_200)).toEqual([ana]);
  });

  it("does not report somebody who leaves and comes back within the cool-down", () => {
    const sightings = new Sightings(RULES);
    show(sightings, [ana], 3);
    show(sightings, [], 5, 300);
    expect(show(sightings, [ana], 5, 5_000)).toEqual([]);
  });

  it("reports a new identity at once, whatever the others' cool-down", () => {
    const sightings = new Sightings(RULES);
    show(sightings, [ana], 3);
    expect(show(sightings, [ana, luis], 3, 300)).toEqual([luis]);
  });

  it("ignores a name that a face has for a single frame", () => {
    const sightings = new Sightings(RULES);
    const flicker = [ana, ana, at(0, "luis"), ana, ana, at(0, "luis"), ana];
    const reported = flicker.flatMap((face, frame) => sightings.look([face], frame * 100));
    expect(reported.filter((face) => face.personId === "luis")).toEqual([]);
  });

  it("reports a stranger after enough frames, and strangers no more often than the cool-down", () => {
    const sightings = new Sightings(RULES);
    expect(show(sightings, [stranger], 2)).toEqual([]);
    expect(sightings.look([stranger], 200)).toEqual([stranger]);
    expect(show(sightings, [at(0, null)], 20, 300)).toEqual([]);
    expect(show(sightings, [at(0, null)], 1, 10_200)).toHaveLength(1);
  });

  it("lets a blur pass that is at another place in every frame", () => {
    const sightings = new Sightings(RULES);
    const passing = [0, 150, 300, 450, 600].flatMap((left, frame) => sightings.look([at(left, null)], frame * 100));
    expect(passing).toEqual([]);
  });

  it("follows a stranger who moves a little, and reports only those that were there long enough", () => {
    const sightings = new Sightings(RULES);
    sightings.look([at(0, null)], 0);
    sightings.look([at(30, null)], 100);
    expect(sightings.look([at(60, null), at(900, null)], 200)).toEqual([at(60, null)]);
  });

  it("takes an unknown face in a known person's place for that person, for a while", () => {
    const sightings = new Sightings(RULES);
    show(sightings, [ana], 3);
    expect(show(sightings, [at(10, null)], 20, 300)).toEqual([]);
    expect(show(sightings, [at(10, null)], 4, 2_301)).toHaveLength(1);
  });

  it("keeps a person's streak over a frame in which they were not recognised", () => {
    const sightings = new Sightings(RULES);
    const frames = [ana, ana, at(5, null), ana];
    expect(frames.flatMap((face, frame) => sightings.look([face], frame * 100))).toEqual([ana]);
  });

  it("tries again after a report that failed, but not at once", () => {
    const sightings = new Sightings(RULES);
    const reported = show(sightings, [ana, stranger], 3);
    expect(reported).toEqual([ana, stranger]);
    sightings.failed(reported, 300);
    expect(sightings.look([ana, stranger], 1_299)).toEqual([]);
    expect(sightings.look([ana, stranger], 1_300)).toEqual([ana, stranger]);
  });
});

describe("overlap", () => {
  it.each([
    ["the same box", at(0, null), at(0, null), 1],
    ["half shifted", at(0, null), at(50, null), 1 / 3],
    ["side by side", at(0, null), at(100, null), 0],
  ])("%s", (_, a, b, expected) => {
    expect(overlap(a.box, b.box)).toBeCloseTo(expected);
  });
});
