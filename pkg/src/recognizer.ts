import { WorkerChannel } from "./channel.js";
import { abortable, aborted, RostroError, rostroError } from "./errors.js";
import { Helpers } from "./helpers.js";
import type { GalleryEntry } from "./generated/GalleryEntry.js";
import type { GalleryNegative } from "./generated/GalleryNegative.js";
import type { OwnRate } from "./generated/OwnRate.js";
import { EMBEDDING_LEN } from "./generated/models.js";
import { Listeners } from "./listeners.js";
import { AskedTracks, embeddingsOf, type Lookup } from "./lookup.js";
import { capture, release, type PictureSource } from "./picture.js";
import type { FlatGallery, Kind, LoadRequest, LoadTiming, Picture, Protocol } from "./protocol.js";
import { progressOver, type LoadProgress } from "./progress.js";
import { watchFrames, type Watch } from "./watch.js";
import type { WasmBuild } from "../wasm/builds.js";
import type { Comparison, DetectedFace, Face, PictureFault, SampleCheck } from "../wasm/rostro_wasm.js";

/** How often in a row a worker that ended is replaced before the recogniser gives up. */
const MAX_RESTARTS = 3;

/** Enrolled people of one model. What the relay's `GET /v1/gallery` answers is one. */
export interface Gallery {
  /** The model that made every embedding. */
  readonly model: string;
  /** Nobody is named beyond this, in the model's own metric; the model's default if left out. */
  readonly threshold?: number;
  /**
   * How often a stranger may be given a name, in one look: one in so many, whatever the size of the gallery. If left
   * out, the threshold alone decides where there is one, else one in 1,000.
   */
  readonly stranger_named_one_in?: number;
  /** People who have a rate of their own. */
  readonly own_rates?: readonly Readonly<OwnRate>[];
  /** One or more for each person. */
  readonly entries: readonly Readonly<Omit<GalleryEntry, "embedding"> & { embedding: ArrayLike<number> }>[];
  /**
   * Embeddings that were taken for a person and are not of them: a face that lies as near to one of these as to that
   * person's entries is not given their name.
   */
  readonly negatives?: readonly Readonly<Omit<GalleryNegative, "embedding"> & { embedding: ArrayLike<number> }>[];
}

/**
 * People who change while they are looked for: those of a `LocalGallery`, or of a relay, fetched (`syncedGallery`) or asked
 * about (`remoteGallery`).
 */
export interface LiveGallery {
  /**
   * Gives `recognizer` these people, now and after every change. Resolves once it has them; the function that it resolves
   * with ends that. Failures after that go to `onError`.
   */
  attach(recognizer: Recognizer, onError?: (error: unknown) => void): Promise<() => void>;
}

/** What was found in one picture. */
export interface Recognition {
  /** Every face, the most prominent first: large, and near the middle. None is an empty list. */
  readonly faces: readonly Face[];
  /**
   * Why the picture should not be enrolled, the most important first: no face, several, or what is wrong with the first of
   * `faces`. Empty for a good picture.
   */
  readonly pictureFaults: readonly PictureFault[];
  /** Size of the picture in pixels; boxes and landmarks are in these. */
  readonly frame: { readonly width: number; readonly height: number };
  /** Where the time went. */
  readonly timing: RecognitionTiming;
}

/** What was found in one picture where nobody was looked up. */
export interface Detections {
  /** Every face, the most prominent first: large, and near the middle. None is an empty list. */
  readonly faces: readonly DetectedFace[];
  /** As in {@link Recognition}. */
  readonly pictureFaults: readonly PictureFault[];
  /** As in {@link Recognition}. */
  readonly frame: { readonly width: number; readonly height: number };
  /** Where the time went. */
  readonly timing: Omit<RecognitionTiming, "embedMs">;
}

/**
 * Whether a recogniser can work: `restarting` while a new worker takes the place of one that ended (what is asked
 * meanwhile waits), `closed` for good.
 */
export type RecognizerState = "ready" | "restarting" | "closed";

/** Where the time of a recognition went, in milliseconds. */
export interface RecognitionTiming {
  /** Taking the picture from its source. */
  readonly captureMs: number;
  /** Reading its pixels, in the worker. */
  readonly pixelsMs: number;
  /** Finding faces. */
  readonly detectMs: number;
  /** Aligning and embedding all of them, and looking them up. */
  readonly embedMs: number;
  /** From the call to the answer, waiting included. */
  readonly totalMs: number;
}

/** A video whose faces are followed. */
interface Followed {
  readonly id: number;
}

/** Who is asked in the place of galleries, and what was asked. */
interface AskedElsewhere {
  readonly who: Lookup;
  readonly onError: (error: unknown) => void;
  readonly tracks: WeakMap<Followed, AskedTracks>;
}

/** What a recogniser needs beside the request that loads it. */
export interface RecognizerParts {
  readonly load: LoadRequest;
  readonly spawn: () => Worker;
  /** The most further workers that share the faces of a frame. */
  readonly helpers: number;
  readonly onProgress: (progress: LoadProgress) => void;
}

/**
 * Recognises faces in a Web Worker. Made by `createRecognizer`; ended by {@link Recognizer.close}.
 *
 * Every promise settles. Errors are `RostroError`s: `closed` after `close()` or when the worker ended,
 * `invalid-image` where no picture can be taken, `too-large` for one beyond 16384 px a side, `aborted` when a signal
 * was. A worker that ended is replaced, three times in a row at most.
 */
export class Recognizer {
  /** Ids of the models that every face is embedded with, the preferred one first. */
  readonly models: readonly string[];
  /** Which build of the WebAssembly module runs. */
  readonly build: WasmBuild;
  /** How long loading took. */
  readonly loadTiming: LoadTiming;

  readonly #parts: RecognizerParts;
  readonly #galleries = new Map<string, FlatGallery>();
  /** Each with whom to tell when it ends by itself. */
  readonly #watches = new Map<Watch, (error: RostroError) => void>();
  readonly #onState = new Listeners<[RecognizerState, RostroError | undefined]>();
  #channel: WorkerChannel;
  #helpers: Helpers;
  #ready: Promise<WorkerChannel>;
  #lastWatch = 0;
  #restarts = 0;
  #closed: RostroError | undefined;
  #lookup: AskedElsewhere | undefined;
  #state: RecognizerState = "ready";

  private constructor(parts: RecognizerParts, channel: WorkerChannel, loadTiming: LoadTiming) {
    this.#parts = parts;
    this.#channel = channel;
    this.#helpers = helpersOf(parts);
    this.#ready = Promise.resolve(channel);
    this.models = parts.load.models;
    this.build = parts.load.wasm.build;
    this.loadTiming = loadTiming;
  }

  /**
   * Starts a worker and loads everything; see `createRecognizer`.
   *
   * @internal
   */
  static async create(parts: RecognizerParts, signal: AbortSignal | undefined): Promise<Recognizer> {
    if (signal?.aborted) throw aborted(signal);
    let recognizer: Recognizer | undefined;
    const channel = open(parts, (error) => {
      if (recognizer !== undefined) recognizer.#onDeath(error);
    });
    const onAbort = () => {
      channel.close(new RostroError("aborted", "the caller gave the request up", { cause: signal?.reason }));
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      recognizer = new Recognizer(parts, channel, await channel.call("load", parts.load));
      return recognizer;
    } catch (error) {
      channel.close(rostroError(error));
      throw error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /**
   * Finds, embeds and, where a gallery is set, identifies every face that `source` shows now. Pictures in colour
   * spaces other than sRGB are converted.
   */
  recognize(source: PictureSource, options: { signal?: AbortSignal | undefined } = {}): Promise<Recognition> {
    return abortable(options.signal, this.#recognize(source, options.signal));
  }

  /** Finds every face that `source` shows now, and embeds none: where they are, and what the picture is worth. */
  detect(source: PictureSource, options: { signal?: AbortSignal | undefined } = {}): Promise<Detections> {
    return abortable(options.signal, this.#detect(source, options.signal));
  }

  /**
   * The one face that `source` shows now, with its embedding. Rejects with `no-face` or `several-faces` where there is
   * not exactly one: whose embedding it would be is then not certain.
   */
  async embed(source: PictureSource, options: { signal?: AbortSignal | undefined } = {}): Promise<Face> {
    const { faces } = await this.recognize(source, options);
    const [face] = faces;
    if (face === undefined) throw new RostroError("no-face", "no face was found in the picture");
    if (faces.length > 1) {
      throw new RostroError("several-faces", `one face was expected, the picture shows ${faces.length}`);
    }
    return face;
  }

  /**
   * Recognises the frames of a playing video, one at a time and always the newest. Ends by `stop()`, the signal, or
   * `close()`. `onError` is told of frames that failed; the watch goes on with the next. It is also told, once and last,
   * when the recogniser gives up: `closed`, and the watch has ended.
   *
   * With `follow`, faces are followed over time: each has a `trackId` and, where a gallery is set, a `decision` by many
   * looks, which does not flicker. A face is then embedded only when that is worth it; between, it keeps the embeddings
   * and the `match` of its latest look.
   */
  watch(
    video: HTMLVideoElement,
    onResult: (recognition: Recognition) => void,
    options: { signal?: AbortSignal; onError?: (error: RostroError) => void; follow?: boolean } = {},
  ): Watch {
    const { signal, onError } = options;
    const follow = options.follow === true ? { id: ++this.#lastWatch } : undefined;
    const recognize = () => abortable(signal, this.#recognize(video, signal, follow));
    const frames = watchFrames(video, recognize, {
      onResult,
      onError: (error) => onError?.(rostroError(error)),
    });
    const watch = {
      stop: () => {
        frames.stop();
        signal?.removeEventListener("abort", watch.stop);
        this.#watches.delete(watch);
      },
    };
    this.#watches.set(watch, (error) => onError?.(error));
    signal?.addEventListener("abort", watch.stop, { once: true });
    if (signal?.aborted || this.#closed !== undefined) watch.stop();
    return watch;
  }

  /**
   * Replaces the gallery of its model; from the next recognition on, faces carry a `match`. Answers how many
   * embeddings it holds. Rejects with `invalid-embedding` if one is not of the model's kind: then nothing changes.
   */
  async setGallery(gallery: Gallery): Promise<number> {
    const flat = flatten(gallery);
    const count = await this.#call("setGallery", flat);
    this.#galleries.set(flat.model, flat);
    return count;
  }

  /**
   * Asks `who` about every face from the next recognition on, in the place of galleries, until the returned function ends
   * that. What `who` rejects with, `recognize` rejects with; of followed faces `onError` is told.
   */
  lookUpBy(who: Lookup, onError: (error: unknown) => void = () => undefined): () => void {
    const lookup = { who, onError, tracks: new WeakMap() };
    this.#lookup = lookup;
    return () => {
      if (this.#lookup === lookup) this.#lookup = undefined;
    };
  }

  /**
   * Compares two embeddings of one model (1:1). `threshold` is in the model's own metric; its default if left out.
   */
  async compare(
    model: string,
    a: ArrayLike<number>,
    b: ArrayLike<number>,
    options: { threshold?: number } = {},
  ): Promise<Comparison> {
    const pair = { model, a: Float32Array.from(a), b: Float32Array.from(b), threshold: options.threshold };
    return this.#call("compare", pair);
  }

  /**
   * Holds samples of one person, embeddings of `model`, against each other and against the gallery that is set for that
   * model: which are practically the same picture, which look unlike the others, and who else looks the same. `except` is
   * the id of the person to whom the samples are added.
   */
  async checkSamples(
    model: string,
    samples: readonly ArrayLike<number>[],
    options: { except?: string } = {},
  ): Promise<SampleCheck> {
    const vectors = flatVectors("samples", samples.map((embedding) => ({ embedding })));
    return this.#call("checkSamples", { model, vectors, except: options.except });
  }

  /** Whether it can work. */
  get state(): RecognizerState {
    return this.#state;
  }

  /**
   * Calls `listener` when the recogniser can no longer work, or can again; `closed` comes once and last, with the
   * reason, unless `close()` was called. The returned function ends that.
   */
  onState(listener: (state: RecognizerState, error: RostroError | undefined) => void): () => void {
    return this.#onState.add(listener);
  }

  /** Ends the worker and frees all memory; whatever waits is rejected with `closed`. May be called again. */
  close(): void {
    // Whoever closes it knows.
    this.#onState.clear();
    for (const watch of this.#watches.keys()) watch.stop();
    this.#end(new RostroError("closed", "the recogniser was closed"));
  }

  async #recognize(
    source: PictureSource,
    signal: AbortSignal | undefined,
    followed?: Followed,
  ): Promise<Recognition> {
    const { answer, captureMs, begun } = await this.#ask(source, signal, (picture, transfer) =>
      followed === undefined
        ? this.#call("recognize", picture, transfer)
        : this.#call("follow", { watch: followed.id, picture }, transfer),
    );
    if (answer.looks > 1) this.#helpers.need(answer.looks, this.#channel);
    const { pictureFaults, width, height, pixelsMs, detectMs, embedMs } = answer;
    const faces = await this.#lookedUp(answer.faces, followed);
    const timing = { captureMs, pixelsMs, detectMs, embedMs, totalMs: performance.now() - begun };
    return { faces, pictureFaults, frame: { width, height }, timing };
  }

  /** Faces of a followed video do not wait for the answer. */
  async #lookedUp(faces: readonly Face[], followed: Followed | undefined): Promise<readonly Face[]> {
    if (this.#lookup === undefined) return faces;
    const { who, onError, tracks } = this.#lookup;
    if (followed === undefined) {
      return Promise.all(faces.map(async (face) => ({ ...face, match: await who(embeddingsOf(face)) })));
    }
    const asked = tracks.get(followed) ?? new AskedTracks(who, onError);
    tracks.set(followed, asked);
    return asked.named(faces, performance.now());
  }

  async #detect(source: PictureSource, signal: AbortSignal | undefined): Promise<Detections> {
    const { answer, captureMs, begun } = await this.#ask(source, signal, (picture, transfer) =>
      this.#call("detect", picture, transfer),
    );
    const { faces, pictureFaults, width, height, pixelsMs, detectMs } = answer;
    const timing = { captureMs, pixelsMs, detectMs, totalMs: performance.now() - begun };
    return { faces, pictureFaults, frame: { width, height }, timing };
  }

  /** Takes the picture that `source` shows now and hands it to the worker. */
  async #ask<A>(
    source: PictureSource,
    signal: AbortSignal | undefined,
    hand: (picture: Picture, transfer: Transferable[]) => Promise<A>,
  ): Promise<{ answer: A; captureMs: number; begun: number }> {
    if (signal?.aborted) throw aborted(signal);
    if (this.#closed !== undefined) throw this.#closed;
    const begun = performance.now();
    const { picture, transfer } = await capture(source);
    const captureMs = performance.now() - begun;
    try {
      const answer = await hand(picture, transfer);
      this.#restarts = 0;
      return { answer, captureMs, begun };
    } finally {
      // One that never reached the worker would hold its memory until it is collected.
      release(picture);
    }
  }

  async #call<K extends Kind>(
    kind: K,
    request: Protocol[K]["request"],
    transfer?: Transferable[],
  ): Promise<Protocol[K]["answer"]> {
    const channel = await this.#ready;
    return channel.call(kind, request, transfer);
  }

  #onDeath(error: RostroError): void {
    if (this.#closed !== undefined) return;
    if (this.#restarts === MAX_RESTARTS) {
      this.#end(new RostroError("closed", `gave up after ${MAX_RESTARTS} new workers: ${error.message}`));
      return;
    }
    this.#restarts += 1;
    this.#enter("restarting", error);
    this.#ready = this.#restart();
    this.#ready.catch(() => undefined);
  }

  async #restart(): Promise<WorkerChannel> {
    let channel = this.#channel;
    // They are joined to the worker that ended.
    this.#helpers.close(new RostroError("closed", "the worker that they helped ended"));
    this.#helpers = helpersOf(this.#parts);
    try {
      channel = open(this.#parts, (error) => this.#onDeath(error));
      this.#channel = channel;
      await channel.call("load", this.#parts.load);
      for (const gallery of this.#galleries.values()) await channel.call("setGallery", gallery);
      this.#enter("ready");
      return channel;
    } catch (error) {
      // A death has already begun the next restart; anything else, such as a file that cannot be fetched, is final.
      if (this.#channel === channel) this.#end(rostroError(error));
      throw error;
    }
  }

  #enter(state: RecognizerState, error?: RostroError): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#onState.emit(state, error);
  }

  #end(error: RostroError): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#enter("closed", error);
    this.#onState.clear();
    for (const [watch, tell] of [...this.#watches]) {
      watch.stop();
      tell(error);
    }
    this.#galleries.clear();
    this.#channel.close(error);
    this.#helpers.close(error);
    this.#ready = Promise.reject(error);
    this.#ready.catch(() => undefined);
  }
}

/** The galleries that were given as one, several or none. */
export function galleriesOf(given: Gallery | readonly Gallery[] | undefined): readonly Gallery[] {
  if (given === undefined) return [];
  return isOne(given) ? [given] : given;
}

function isOne(given: Gallery | readonly Gallery[]): given is Gallery {
  return "entries" in given && !Array.isArray(given);
}

function helpersOf({ helpers, load, spawn }: RecognizerParts): Helpers {
  return new Helpers(helpers, load, spawn);
}

function open(parts: RecognizerParts, onDeath: (error: RostroError) => void): WorkerChannel {
  const sum = progressOver([parts.load.wasm, ...parts.load.files]);
  let worker: Worker;
  try {
    worker = parts.spawn();
  } catch (cause) {
    throw new RostroError("unsupported-browser", "this browser starts no Web Worker for this page", { cause });
  }
  return new WorkerChannel(worker, { onProgress: (file) => parts.onProgress(sum(file)), onDeath });
}

function flatten(gallery: Gallery): FlatGallery {
  const { model, threshold, stranger_named_one_in, own_rates = [], entries, negatives = [] } = gallery;
  return {
    model,
    rule: {
      ...(threshold !== undefined && { threshold }),
      ...(stranger_named_one_in !== undefined && { strangerNamedOneIn: stranger_named_one_in }),
      ownRates: own_rates.map((own) => ({
        personId: own.person_id,
        strangerNamedOneIn: own.stranger_named_one_in,
      })),
    },
    ids: entries.map((entry) => entry.person_id),
    names: entries.map((entry) => entry.name),
    vectors: flatVectors("entries", entries),
    negativeIds: negatives.map((negative) => negative.person_id),
    negativeVectors: flatVectors("negatives", negatives),
  };
}

function flatVectors(
  field: "entries" | "negatives" | "samples",
  given: readonly { readonly embedding: ArrayLike<number> }[],
): Float32Array<ArrayBuffer> {
  const vectors = new Float32Array(given.length * EMBEDDING_LEN);
  given.forEach(({ embedding }, index) => {
    if (embedding.length !== EMBEDDING_LEN) {
      const message = `an embedding has ${EMBEDDING_LEN} numbers, ${field}[${index}] has ${embedding.length}`;
      throw new RostroError("invalid-embedding", message, { field });
    }
    vectors.set(embedding, index * EMBEDDING_LEN);
  });
  return vectors;
}
