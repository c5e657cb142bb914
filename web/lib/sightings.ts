/**
 * Which faces at the camera are worth a report: each person once when they come into view and again while they
 * stay, but never more often than the cool-down allows, and nobody on the strength of a single blurred frame.
 */

/** In pixels of the frame. */
export interface Box {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** A face of the current frame. `personId` is `null` where nobody is known by it. */
export interface SeenFace {
  personId: string | null;
  box: Box;
}

export interface SightingRules {
  /** In how many frames in a row a face must be seen before it is reported. */
  framesToConfirm: number;
  /** How long after a report the same person is not reported again; strangers share one. */
  coolDownMs: number;
  /** How long after a report that failed the next try may be. */
  retryMs: number;
  /** For how long an unknown face in a known person's place is taken for that person at a bad angle. */
  shelterMs: number;
}

export const DEFAULT_RULES: SightingRules = {
  framesToConfirm: 3,
  coolDownMs: 30_000,
  retryMs: 5_000,
  shelterMs: 2_000,
};

/** Least overlap, intersection over union, by which a box is the same face as one of the frame before. */
const SAME_PLACE = 0.1;

/** The one key of all strangers: nobody can tell them apart by name. */
const STRANGERS = Symbol("strangers");

type Key = string | typeof STRANGERS;

interface Stranger {
  box: Box;
  streak: number;
}

/** What one camera has seen. The clock comes in as an argument, in milliseconds. */
export class Sightings {
  readonly #rules: SightingRules;
  readonly #reportedAt = new Map<Key, number>();
  #streaks = new Map<string, number>();
  #places = new Map<string, { box: Box; at: number }>();
  #strangers: Stranger[] = [];

  constructor(rules: SightingRules = DEFAULT_RULES) {
    this.#rules = rules;
  }

  /** Takes in a frame and returns those of its faces that are to be reported now. */
  look<F extends SeenFace>(faces: readonly F[], now: number): F[] {
    const known = this.#confirmedPeople(faces, now);
    const unknown = this.#confirmedStrangers(faces);
    return [...known.filter((face) => this.#take(keyOf(face), now)), ...this.#takeStrangers(unknown, now)];
  }

  /** The report of these faces did not arrive: they may be reported again after `retryMs`. */
  failed(faces: readonly SeenFace[], now: number): void {
    for (const key of new Set(faces.map(keyOf))) {
      this.#reportedAt.set(key, now - this.#rules.coolDownMs + this.#rules.retryMs);
    }
  }

  #confirmedPeople<F extends SeenFace>(faces: readonly F[], now: number): F[] {
    for (const [person, place] of this.#places) {
      if (now - place.at > this.#rules.shelterMs) this.#places.delete(person);
    }
    const unknown = faces.filter((face) => face.personId === null);
    const sheltered = new Set(unknown.flatMap((face) => this.#recentlyAt(face.box)));
    const streaks = new Map<string, number>();
    // Somebody who is just not recognised in this frame keeps their streak, but does not add to it.
    for (const [person, streak] of this.#streaks) if (sheltered.has(person)) streaks.set(person, streak);
    for (const { personId, box } of faces) {
      if (personId === null) continue;
      streaks.set(personId, (this.#streaks.get(personId) ?? 0) + 1);
      this.#places.set(personId, { box, at: now });
    }
    this.#streaks = streaks;
    return faces.filter(
      (face) => face.personId !== null && (streaks.get(face.personId) ?? 0) >= this.#rules.framesToConfirm,
    );
  }

  #confirmedStrangers<F extends SeenFace>(faces: readonly F[]): F[] {
    const earlier = this.#strangers;
    const confirmed: F[] = [];
    this.#strangers = [];
    for (const face of faces) {
      if (face.personId !== null || this.#recentlyAt(face.box).length > 0) continue;
      const before = earlier.filter((stranger) => overlap(stranger.box, face.box) >= SAME_PLACE);
      const streak = 1 + Math.max(0, ...before.map((stranger) => stranger.streak));
      this.#strangers.push({ box: face.box, streak });
      if (streak >= this.#rules.framesToConfirm) confirmed.push(face);
    }
    return confirmed;
  }

  /** People who were recognised at this place a moment ago. */
  #recentlyAt(box: Box): string[] {
    return [...this.#places].filter(([, place]) => overlap(place.box, box) >= SAME_PLACE).map(([person]) => person);
  }

  #takeStrangers<F extends SeenFace>(faces: F[], now: number): F[] {
    return faces.length > 0 && this.#take(STRANGERS, now) ? faces : [];
  }

  #take(key: Key, now: number): boolean {
    const reportedAt = this.#reportedAt.get(key);
    if (reportedAt !== undefined && now - reportedAt < this.#rules.coolDownMs) return false;
    this.#reportedAt.set(key, now);
    return true;
  }
}

function keyOf(face: SeenFace): Key {
  return face.personId ?? STRANGERS;
}

/** Intersection over union, 0..1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

function area(box: Box): number {
  return (box.right - box.left) * (box.bottom - box.top);
}
