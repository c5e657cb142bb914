/** The script of the recogniser's worker. It must never import what starts workers: bundlers hang on that cycle. */
import { Core } from "./core.js";
import { describe, RostroError } from "./errors.js";
import { helpOver } from "./help.js";
import type { AnswerOf, FromWorker, Kind, Protocol, Request, RequestOf } from "./protocol.js";

type Handlers = { [K in Kind]: (request: Protocol[K]["request"]) => Promise<Protocol[K]["answer"]> };

let core: Core | undefined;
/** A module that trapped is not to be used again, whatever still waits. */
let trapped = false;

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
  detect: async (picture) => loaded().detect(picture),
  follow: async ({ watch, picture }) => loaded().recognize(picture, watch),
  help: async ({ port }) => {
    helpOver(port, (pixels, faces) => loaded().lookAt(pixels, faces), endIfTrapped);
    return null;
  },
  join: async ({ port }) => loaded().join(port),
  setGallery: async (gallery) => loaded().setGallery(gallery),
  compare: async (pair) => loaded().compare(pair),
  checkSamples: async (samples) => loaded().checkSamples(samples),
};

async function answer<K extends Kind>({ id, kind, request }: RequestOf<K>): Promise<void> {
  if (trapped) return;
  try {
    const message: AnswerOf<K> = { type: "answer", id, kind, answer: await handlers[kind](request) };
    send(message);
  } catch (error) {
    if (!endIfTrapped(error)) send({ type: "failure", id, kind, error: describe(error) });
  }
}

/** Whether `error` says that the module trapped; the worker has then ended. */
function endIfTrapped(error: unknown): boolean {
  // A browser without WebAssembly has no such error either.
  if (!("WebAssembly" in globalThis && error instanceof WebAssembly.RuntimeError)) return false;
  trapped = true;
  send({ type: "trapped", message: error.message });
  self.close();
  return true;
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
