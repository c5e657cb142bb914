import { offlineHint, RostroError } from "./errors.js";
import type { AnswerOf, FileProgress, FromWorker, Kind, Protocol, RequestOf } from "./protocol.js";

interface Settle<T> {
  resolve(answer: T): void;
  reject(error: RostroError): void;
}

type Pending = { [K in Kind]: Map<number, Settle<Protocol[K]["answer"]>> };

/** What a channel tells its owner. */
export interface ChannelEvents {
  /** A part of a file has arrived. */
  onProgress(progress: FileProgress): void;
  /** The worker ended by itself; every request has been rejected. Called at most once, and not after `close`. */
  onDeath(error: RostroError): void;
}

/**
 * The page's end of one worker: every request settles, by its answer, its failure, the worker's death or `close`.
 */
export class WorkerChannel {
  readonly #worker: Worker;
  readonly #events: ChannelEvents;
  readonly #pending: Pending = {
    load: new Map(),
    recognize: new Map(),
    detect: new Map(),
    follow: new Map(),
    help: new Map(),
    join: new Map(),
    setGallery: new Map(),
    compare: new Map(),
    checkSamples: new Map(),
  };
  readonly #unsent: (() => void)[] = [];
  #lastId = 0;
  #started = false;
  #ended: RostroError | undefined;

  constructor(worker: Worker, events: ChannelEvents) {
    this.#worker = worker;
    this.#events = events;
    worker.onmessage = (event: MessageEvent<FromWorker>) => {
      this.#receive(event.data);
    };
    worker.onmessageerror = () => {
      this.#die("an answer of the recogniser's worker could not be read");
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.#die(event.message || "no reason given");
    };
  }

  /** Sends a request, as soon as the worker runs; what `transfer` lists moves to the worker. */
  call<K extends Kind>(
    kind: K,
    request: Protocol[K]["request"],
    transfer: Transferable[] = [],
  ): Promise<Protocol[K]["answer"]> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      const message: RequestOf<K> = { id: ++this.#lastId, kind, request };
      this.#pending[kind].set(message.id, { resolve, reject });
      const post = () => {
        try {
          this.#worker.postMessage(message, transfer);
        } catch (cause) {
          this.#pending[kind].delete(message.id);
          reject(new RostroError("invalid-request", "the request cannot be handed to the worker", { cause }));
        }
      };
      // A script that is fetched in several parts loses what comes before it listens.
      if (this.#started) post();
      else this.#unsent.push(post);
    });
  }

  /** Ends the worker; every request that waits is rejected with `error`. */
  close(error: RostroError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#worker.onmessage = null;
    this.#worker.onmessageerror = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
    for (const waiting of Object.values(this.#pending)) {
      for (const request of waiting.values()) request.reject(error);
      waiting.clear();
    }
  }

  #receive(message: FromWorker): void {
    this.#started = true;
    switch (message.type) {
      case "answer":
        this.#settle(message);
        break;
      case "failure": {
        const waiting = this.#pending[message.kind];
        const request = waiting.get(message.id);
        waiting.delete(message.id);
        request?.reject(RostroError.from(message.error));
        break;
      }
      case "progress":
        this.#events.onProgress(message.progress);
        break;
      case "trapped":
        this.#die(message.message);
        break;
      case "started":
        for (const post of this.#unsent.splice(0)) post();
        break;
    }
  }

  #settle<K extends Kind>(message: AnswerOf<K>): void {
    const waiting = this.#pending[message.kind];
    const request = waiting.get(message.id);
    waiting.delete(message.id);
    request?.resolve(message.answer);
  }

  #die(reason: string): void {
    if (this.#ended !== undefined) return;
    const error = this.#started ? new RostroError("closed", `the recogniser's worker ended: ${reason}`) : notStarted(reason);
    this.close(error);
    this.#events.onDeath(error);
  }
}

/** A script that does not come and one that may not run look the same from here, but for a browser that is offline. */
function notStarted(reason: string): RostroError {
  const hint = offlineHint();
  if (hint !== "") return new RostroError("fetch-failed", `the script of the recogniser's worker could not be fetched${hint}`);
  return new RostroError(
    "unsupported-browser",
    `the recogniser's worker could not be started, is its script served as JavaScript, and allowed by the content security policy? (${reason})`,
  );
}
