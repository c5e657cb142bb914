import type { FromWorker, Kind, Protocol, Request, RequestOf, WorkerRecognition } from "../../src/protocol.js";

type Answers = { [K in Kind]: (request: Protocol[K]["request"]) => Protocol[K]["answer"] | undefined };

/** What a worker finds in a picture of nothing. */
export const nobody: WorkerRecognition = {
  looks: 0,
  faces: [],
  pictureFaults: ["no-face"],
  width: 4,
  height: 2,
  pixelsMs: 0,
  detectMs: 0,
  embedMs: 0,
};

/** What a healthy worker answers; `undefined` is no answer at all. */
export const healthy: Answers = {
  load: () => ({ moduleMs: 1, filesMs: 1, buildMs: 1, warmUpMs: 1 }),
  recognize: () => nobody,
  detect: () => nobody,
  follow: () => nobody,
  help: () => null,
  join: () => null,
  setGallery: ({ ids }) => ids.length,
  compare: () => ({ distance: 0, threshold: 1, same: true }),
  checkSamples: () => ({ nearIdentical: [], odd: [], alreadyEnrolled: null }),
};

/** A worker without a thread: it starts once somebody listens, answers in a later task, and dies when told to. */
export class FakeWorker extends EventTarget implements Worker {
  #onmessage: ((this: Worker, event: MessageEvent) => unknown) | null = null;
  onmessageerror: ((this: Worker, event: MessageEvent) => unknown) | null = null;
  onerror: ((this: AbstractWorker, event: ErrorEvent) => unknown) | null = null;
  readonly received: Request[] = [];
  terminated = false;
  readonly #answers: Answers;

  constructor(answers: Partial<Answers> = {}) {
    super();
    this.#answers = { ...healthy, ...answers };
  }

  get onmessage() {
    return this.#onmessage;
  }

  set onmessage(listener) {
    const first = this.#onmessage === null;
    this.#onmessage = listener;
    if (first && listener !== null) queueMicrotask(() => this.say({ type: "started" }));
  }

  postMessage(message: Request): void {
    this.received.push(message);
    setTimeout(() => this.#answer(message));
  }

  terminate(): void {
    this.terminated = true;
  }

  /** Sends a message to the page. */
  say(message: FromWorker): void {
    this.onmessage?.(new MessageEvent("message", { data: message }));
  }

  /** Ends as a script does that throws. */
  crash(message = "out of memory"): void {
    this.onerror?.(Object.assign(new Event("error"), { message, filename: "", lineno: 0, colno: 0, error: null }));
  }

  /** The kinds of request received, in order. */
  get kinds(): Kind[] {
    return this.received.map((request) => request.kind);
  }

  #answer<K extends Kind>({ id, kind, request }: RequestOf<K>): void {
    if (this.terminated) return;
    try {
      const answer = this.#answers[kind](request);
      if (answer === undefined) return;
      const message = { type: "answer" as const, id, kind, answer };
      this.onmessage?.(new MessageEvent("message", { data: message }));
    } catch (error) {
      const message = error instanceof Error ? error.message : "";
      this.say({ type: "failure", id, kind, error: { code: "invalid-image", message } });
    }
  }
}

/** Node.js has none. */
export class FakeImageData implements ImageData {
  readonly colorSpace = "srgb";
  readonly data: ImageData["data"];
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.data = new Uint8ClampedArray(width * height * 4);
  }
}
