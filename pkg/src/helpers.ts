/** The workers that help the first, as the page sees them. */
import { WorkerChannel } from "./channel.js";
import { RostroError, rostroError } from "./errors.js";
import type { LoadRequest } from "./protocol.js";

/** The most that are started unless more are asked for. */
const USUAL_MAX = 3;
/** Cores that are left to the page and to the first worker. */
const CORES_TAKEN = 2;

/** How many helpers this machine has cores for; none where it does not tell. */
export function helpersFor(cores: number | undefined): number {
  return Math.max(0, Math.min(USUAL_MAX, (cores ?? 0) - CORES_TAKEN));
}

/** Starts workers as they are needed. One that fails or ends is not replaced: the first worker can do everything alone. */
export class Helpers {
  readonly #channels = new Set<WorkerChannel>();
  readonly #load: LoadRequest;
  readonly #spawn: () => Worker;
  #max: number;

  constructor(max: number, load: LoadRequest, spawn: () => Worker) {
    this.#max = max;
    this.#load = load;
    this.#spawn = spawn;
  }

  /** `looks` faces of one frame wanted a look of the worker behind `first`: starts what is missing to share them. */
  need(looks: number, first: WorkerChannel): void {
    const missing = Math.min(this.#max, looks - 1) - this.#channels.size;
    for (let started = 0; started < missing; started++) void this.#start(first);
  }

  /** Ends all, for good. */
  close(error: RostroError): void {
    this.#max = 0;
    for (const channel of this.#channels) channel.close(error);
    this.#channels.clear();
  }

  async #start(first: WorkerChannel): Promise<void> {
    let channel: WorkerChannel | undefined;
    const end = (error: unknown) => {
      this.#max = Math.max(0, this.#max - 1);
      if (channel === undefined) return;
      this.#channels.delete(channel);
      channel.close(rostroError(error));
    };
    try {
      channel = new WorkerChannel(this.#spawn(), { onProgress: () => undefined, onDeath: end });
      this.#channels.add(channel);
      await channel.call("load", this.#load);
      const { port1, port2 } = new MessageChannel();
      await channel.call("help", { port: port1 }, [port1]);
      await first.call("join", { port: port2 }, [port2]);
    } catch (error) {
      if (channel === undefined || this.#channels.has(channel)) end(error);
    }
  }
}
