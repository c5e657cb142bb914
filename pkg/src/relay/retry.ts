/** When a report is sent again. Pure: clock and chance come in as arguments. */
import type { ErrorCode } from "../generated/ErrorCode.js";

/** How long and how often a report is tried. */
export interface RetryLimits {
  /** From its making to the last try, in milliseconds: an older match must not arrive as news. */
  readonly lifetimeMs: number;
  /** Tries, the first included. */
  readonly attempts: number;
}

/** The first pause; each further one is twice as long. */
const FIRST_PAUSE_MS = 500;
/** No pause is longer. */
const LONGEST_PAUSE_MS = 15_000;

/** Errors that may pass by themselves: no answer, no place, no disk, a fault of the relay's. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["relay-unreachable", "busy", "storage-full", "internal"]);

/** Whether trying again can help. */
export function mayPass(code: ErrorCode): boolean {
  return PASSING.has(code);
}

/**
 * Milliseconds until the next try, or `undefined` when there is none. `tried` counts the tries made, `ageMs` is the
 * report's age, `chance` is 0..1 and spreads many clients: a pause lies between half of itself and the whole.
 */
export function nextPauseMs(tried: number, ageMs: number, chance: number, limits: RetryLimits): number | undefined {
  if (tried >= limits.attempts) return undefined;
  const whole = Math.min(FIRST_PAUSE_MS * 2 ** (tried - 1), LONGEST_PAUSE_MS);
  const pause = whole / 2 + (whole / 2) * chance;
  return ageMs + pause <= limits.lifetimeMs ? pause : undefined;
}
