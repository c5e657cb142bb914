/**
 * Which faces at a camera are worth a report: each person once when they are recognised and again while they stay, but
 * never more often than the cool-down allows; and each stranger, told apart by their track, likewise. Who a face is has been
 * decided by then, over many looks.
 */
import { whoIs } from "../who.js";
import type { Face } from "../../wasm/rostro_wasm.js";

/** What of a face decides whether it is reported. */
export type SeenFace = Pick<Face, "trackId" | "match" | "decision">;

/** How often a face is reported. */
export interface SightingRules {
  /** How long after a report the same face is not reported again, in milliseconds. */
  readonly coolDownMs: number;
  /** How long after a report that failed the next try may be, in milliseconds; 5000 by default. */
  readonly retryMs?: number;
}

const RETRY_MS = 5_000;

/** What one camera has seen. The clock comes in as an argument, in milliseconds. */
export class Sightings {
  readonly #coolDownMs: number;
  readonly #retryMs: number;
  readonly #reportedAt = new Map<string, number>();

  constructor({ coolDownMs, retryMs = RETRY_MS }: SightingRules) {
    this.#coolDownMs = coolDownMs;
    this.#retryMs = retryMs;
  }

  /** Takes in a frame and returns those of its faces that are to be reported now. */
  look<F extends SeenFace>(faces: readonly F[], now: number): F[] {
    for (const [key, at] of this.#reportedAt) {
      if (now - at >= this.#coolDownMs) this.#reportedAt.delete(key);
    }
    return faces.filter((face) => {
      const key = keyOf(face);
      if (key === null || this.#reportedAt.has(key)) return false;
      this.#reportedAt.set(key, now);
      return true;
    });
  }

  /** The report of these faces did not arrive: they may be reported again soon. */
  failed(faces: readonly SeenFace[], now: number): void {
    for (const face of faces) {
      const key = keyOf(face);
      if (key !== null) this.#reportedAt.set(key, now - this.#coolDownMs + this.#retryMs);
    }
  }
}

/** What tells one who may be reported from others; `null` while that is not decided, or the latest look contradicts it. */
function keyOf(face: SeenFace): string | null {
  const { outcome, personId, agrees } = whoIs(face);
  if (!agrees) return null;
  if (outcome === "known") return `person ${personId}`;
  return outcome === "unknown" && face.trackId !== undefined ? `track ${face.trackId}` : null;
}
