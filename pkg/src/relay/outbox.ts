import { aborted, RostroError, rostroError } from "../errors.js";
import { mayPass, nextPauseMs, type RetryLimits } from "./retry.js";

/** What an {@link Outbox} needs to know. */
export interface OutboxOptions {
  readonly limits: RetryLimits;
  /** Things that may wait at once. */
  readonly maxPending: number;
}

/** Things to be sent, each until it arrives, is refused, or grows too old. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #wake = new Set<() => void>();
  #pending = 0;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** How old a thing may grow, in milliseconds. */
  get lifetimeMs(): number {
    return this.#options.limits.lifetimeMs;
  }

  /** How many things wait. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * Calls `send` until it resolves, rejects with what trying again cannot help, or its time is over; then rejects
   * with the last error. Rejects with `busy` when too much waits already.
   */
  async deliver<T>(send: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#pending >= this.#options.maxPending) {
      throw new RostroError("busy", `${this.#pending} reports already wait for the relay`);
    }
    return this.resume(send, Date.now(), signal);
  }

  /** The same for what began to wait at `madeAt`, in milliseconds since 1970, however much waits already. */
  async resume<T>(send: () => Promise<T>, madeAt: number, signal?: AbortSignal): Promise<T> {
    this.#pending += 1;
    try {
      return await this.#deliver(send, madeAt, signal);
    } finally {
      this.#pending -= 1;
    }
  }

  async #deliver<T>(send: () => Promise<T>, madeAt: number, signal: AbortSignal | undefined): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      if (this.#closed) throw closed();
      if (signal?.aborted) throw aborted(signal);
      try {
        return await send();
      } catch (cause) {
        const error = rostroError(cause);
        const pause = nextPauseMs(tried, Date.now() - madeAt, Math.random(), this.#options.limits);
        if (!mayPass(error.code) || pause === undefined) throw error;
        await this.#pause(pause, signal);
      }
    }
  }

  /** Tries everything that waits now: a channel has come up. */
  retryNow(): void {
    for (const wake of [...this.#wake]) wake();
  }

  /** Rejects everything that waits with `closed`. */
  close(): void {
    this.#closed = true;
    this.retryNow();
  }

  #pause(pauseMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wake.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, pauseMs);
      this.#wake.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
      if (signal?.aborted || this.#closed) wake();
    });
  }
}

function closed(): RostroError {
  return new RostroError("closed", "the relay client was closed");
}
