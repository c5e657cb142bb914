/** The recogniser inside the worker. The only module that touches the WebAssembly glue. */
import init, { ModelFiles, Recognizer } from "../wasm/rostro_wasm.js";
import { RostroError } from "./errors.js";
import { Help } from "./help.js";
import { FileCache, obtain, obtainModule, type Accept } from "./files.js";
import { PixelReader, type Pixels } from "./pixels.js";
import type {
  ComparedPair,
  FileProgress,
  FlatGallery,
  LoadRequest,
  LoadTiming,
  Picture,
  Protocol,
  Samples,
  WorkerDetections,
  WorkerRecognition,
} from "./protocol.js";

/** A loaded recogniser. */
export class Core {
  readonly #recognizer: Recognizer;
  readonly #reader = new PixelReader();
  readonly #help = new Help();

  private constructor(recognizer: Recognizer) {
    this.#recognizer = recognizer;
  }

  /** Loads module and models, all at once, and runs everything a first time. */
  static async load(
    request: LoadRequest,
    onProgress: (progress: FileProgress) => void,
  ): Promise<{ core: Core; timing: LoadTiming }> {
    const begun = performance.now();
    if (!("WebAssembly" in globalThis)) {
      throw new RostroError("unsupported-browser", "this browser has no WebAssembly");
    }
    const cache = await FileCache.open(request.cache);
    const module = obtainModule(request.wasm, cache, compile, onProgress);
    const moduleDone = module.then(() => performance.now());
    const files = module.then(() => new ModelFiles());
    const accept: Promise<Accept> = files.then((files) => (id, bytes) => files.add(id, bytes));
    // Whichever fails first rejects below; the others must not count as unhandled.
    for (const promise of [accept, moduleDone]) promise.catch(() => undefined);
    const obtained = await Promise.all([
      module,
      ...request.files.map((source) => obtain(source, cache, accept, onProgress)),
    ]);
    const filesDone = performance.now();
    const recognizer = new Recognizer(await files, [...request.models], request.detectorSide, request.minScore);
    const built = performance.now();
    const choice = await cache.choice(request.wasm.sha256);
    const chosen = recognizer.warmUp(choice);
    const timing = {
      moduleMs: (await moduleDone) - begun,
      filesMs: filesDone - begun,
      buildMs: built - filesDone,
      warmUpMs: performance.now() - built,
    };
    if (chosen !== choice) await cache.keepChoice(request.wasm.sha256, chosen);
    await Promise.all([...obtained.map(({ kept }) => kept), cache.dropAllBut(request.keep)]);
    return { core: new Core(recognizer), timing };
  }

  /** Recognises every face of a picture; with `watch`, of the next frame of that video, whose faces are followed. */
  async recognize(picture: Picture, watch?: number): Promise<WorkerRecognition> {
    const begun = performance.now();
    const pixels = await this.#reader.read(picture);
    const pixelsMs = performance.now() - begun;
    const { data, width, height } = pixels;
    const looks = this.#recognizer.begin(watch, data, width, height);
    if (looks > 1 && this.#help.size > 0) await this.#share(pixels, looks);
    const { faces, pictureFaults, detectMs, embedMs } = this.#recognizer.finish();
    return { looks, faces, pictureFaults, width, height, pixelsMs, detectMs, embedMs };
  }

  /** Finds every face of a picture, and embeds none. */
  async detect(picture: Picture): Promise<WorkerDetections> {
    const begun = performance.now();
    const { data, width, height } = await this.#reader.read(picture);
    const pixelsMs = performance.now() - begun;
    this.#recognizer.begin(undefined, data, width, height);
    const { faces, pictureFaults, detectMs } = this.#recognizer.found();
    return { faces, pictureFaults, width, height, pixelsMs, detectMs };
  }

  /** Looks at faces of another worker's frame. */
  lookAt({ data, width, height }: Pixels, faces: Float32Array): Float32Array[] {
    return this.#recognizer.lookAt(data, width, height, faces);
  }

  /** Takes the worker at the other end of `port` for a helper. */
  join(port: MessagePort): null {
    this.#help.add(port);
    return null;
  }

  /** Looks at the faces of the begun frame together with the helpers; what they leave is left to the frame's end. */
  async #share(pixels: Pixels, looks: number): Promise<void> {
    const { own, others } = this.#help.share(pixels, this.#recognizer.wanted(), looks);
    for (const index of own) this.#recognizer.look(index);
    for (const { index, embeddings } of await others()) this.#recognizer.take(index, embeddings);
  }

  /** Replaces the gallery of one model; the number of embeddings it now holds. */
  setGallery({ model, rule, ids, names, vectors, negativeIds, negativeVectors }: FlatGallery): number {
    return this.#recognizer.setGallery(model, rule, ids, names, vectors, negativeIds, negativeVectors);
  }

  /** Compares two embeddings. */
  compare({ model, a, b, threshold }: ComparedPair): Protocol["compare"]["answer"] {
    return this.#recognizer.compare(model, a, b, threshold);
  }

  /** Holds samples of one person against each other and against the gallery. */
  checkSamples({ model, vectors, except }: Samples): Protocol["checkSamples"]["answer"] {
    return this.#recognizer.checkSamples(model, vectors, except);
  }
}

async function compile(module: Uint8Array<ArrayBuffer> | Response): Promise<void> {
  try {
    await init({ module_or_path: module });
  } catch (cause) {
    if (!(cause instanceof WebAssembly.CompileError)) throw cause;
    throw new RostroError(
      "unsupported-browser",
      "this browser cannot compile the WebAssembly module: it needs 'wasm-unsafe-eval' in the page's content security policy, and what the build is named for",
      { cause },
    );
  }
}
