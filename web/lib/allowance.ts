/** How much somebody may do in a while. */

/** Who is remembered; the oldest go first. */
const REMEMBERED = 10_000;

/** So many in so long, for each key; the clock comes in as an argument, in milliseconds. */
export class Allowance {
  readonly #count: number;
  readonly #windowMs: number;
  readonly #taken = new Map<string, { since: number; count: number }>();

  constructor({ count, windowMs }: { count: number; windowMs: number }) {
    this.#count = count;
    this.#windowMs = windowMs;
  }

  /** Takes one, where there is one left. */
  take(key: string, now: number): boolean {
    const held = this.#taken.get(key);
    const isOver = held === undefined || now - held.since >= this.#windowMs;
    const taken = isOver ? { since: now, count: 0 } : held;
    if (taken.count >= this.#count) return false;
    this.#taken.delete(key);
    this.#taken.set(key, { ...taken, count: taken.count + 1 });
    const [oldest] = this.#taken.keys();
    if (this.#taken.size > REMEMBERED && oldest !== undefined) this.#taken.delete(oldest);
    return true;
  }
}
