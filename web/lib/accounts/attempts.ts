/**
 * How often a password may be tried for one address. The library's own limit goes by the network address, which a client
 * without a proxy in between can make up; this one cannot be walked around, at the price that somebody else's attempts
 * can make the owner wait.
 */

export const ATTEMPTS = 20;
export const WINDOW_MS = 5 * 60_000;
/** Addresses that are remembered; the oldest go first. */
const REMEMBERED = 10_000;

/** Failures of the last minutes, by address. */
export class Attempts {
  readonly #failures = new Map<string, number[]>();

  /** Whether another try is to be refused. */
  isSpent(address: string, now: number): boolean {
    return this.#recent(address, now).length >= ATTEMPTS;
  }

  /** Counts a failure. */
  failed(address: string, now: number): void {
    const failures = [...this.#recent(address, now), now];
    this.#failures.delete(address);
    this.#failures.set(address, failures);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > REMEMBERED && oldest !== undefined) this.#failures.delete(oldest);
  }

  /** Forgets the failures of somebody who got in. */
  succeeded(address: string): void {
    this.#failures.delete(address);
  }

  #recent(address: string, now: number): number[] {
    return (this.#failures.get(address) ?? []).filter((at) => now - at < WINDOW_MS);
  }
}
