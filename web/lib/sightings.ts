/**
 * Which faces at the camera are worth a report: each person once when they are recognised and again while they stay,
 * but never more often than the cool-down allows; and each stranger, told apart by their track, likewise. Who a face is
 * has been decided by then, over many looks.
 */
import type { FoundFace } from "./faces";

export type SeenFace = Pick<FoundFace, "trackId" | "outcome" | "personId" | "agrees">;

export interface SightingRules {
  /** How long after a report the same face is not reported again. */
  coolDownMs: number;
  /** How long after a report that failed the next try may be. */
  retryMs: number;
}

export const RETRY_MS = 5_000;

/** What one camera has seen. The clock comes in as an argument, in milliseconds. */
export class Sightings {
  readonly #rules: SightingRules;
  readonly #reportedAt = new Map<string, number>();

  constructor(rules: SightingRules) {
    this.#rules = rules;
  }

  /** Takes in a frame and returns those of its faces that are to be reported now. */
  look<F extends SeenFace>(faces: readonly F[], now: number): F[] {
    for (const [key, at] of this.#reportedAt) {
      if (now - at >= this.#rules.coolDownMs) this.#reportedAt.delete(key);
    }
    return faces.filter((face) => {
      const key = keyOf(face);
      if (key === null || !face.agrees || this.#reportedAt.has(key)) return false;
      this.#reportedAt.set(key, now);
      return true;
    });
  }

  /** The report of these faces did not arrive: they may be reported again after `retryMs`. */
  failed(faces: readonly SeenFace[], now: number): void {
    for (const face of faces) {
      const key = keyOf(face);
      if (key !== null) this.#reportedAt.set(key, now - this.#rules.coolDownMs + this.#rules.retryMs);
    }
  }
}

/** What tells one who may be reported from others; `null` while that is not decided. */
function keyOf({ outcome, personId, trackId }: SeenFace): string | null {
  if (outcome === "known") return `person ${personId}`;
  return outcome === "unknown" && trackId !== null ? `track ${trackId}` : null;
}
