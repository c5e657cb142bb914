/** The script of the recogniser's worker. It must never import what starts workers: bundlers hang on that cycle. */
import { Core } from "./core.js";
import { describe, RostroError } from "./errors.js";
import type { AnswerOf, FromWorker, Kind, Protocol, Request, RequestOf } from "./protocol.js";

type Handlers = { [K in Kind]: (request: Protocol[K]["request"]) => Promise<Protocol[K]["answer"]> };

let core: Core | undefined;

function loaded(): Core {
  if (core === undefined) throw new RostroError("invalid-request", "`load` comes before any other request");
  return core;
}

const handlers: Handlers = {
  load: async (request) => {
    const result = await Core.load(request, (progress) => send({ type: "progress", progress }));
    core = result.core;
    return result.timing;
  },
  recognize: async (picture) => loaded().recognize(picture),
  follow: async ({ watch, picture }) => loaded().follow(watch, picture),
  setGallery: async (gallery) => loaded().setGallery(gallery),
  compare: async (pair) => loaded().compare(pair),
  checkSamples: async (samples) => loaded().checkSamples(samples),
};

async function answer<K extends Kind>({ id, kind, request }: RequestOf<K>): Promise<void> {
  try {
    const message: AnswerOf<K> = { type: "answer", id, kind, answer: await handlers[kind](request) };
    send(message);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) {
      send({ type: "trapped", message: error.message });
      self.close();
    } else {
      send({ type: "failure", id, kind, error: describe(error) });
    }
  }
}

function send<K extends Kind>(message: FromWorker | AnswerOf<K>): void {
  self.postMessage(message);
}

// One after another: what a request reads, such as the pixels of a frame, must not be another's when it goes on.
let last = Promise.resolve();
self.onmessage = (event: MessageEvent<Request>) => {
  last = last.then(() => answer(event.data));
};
send({ type: "started" });
