/** How workers share the faces of one frame: one asks, over a port, and the others look. */
import type { Pixels } from "./pixels.js";

/** What one worker asks of another: to look at faces of a frame. */
interface Ask {
  readonly id: number;
  readonly pixels: Pixels;
  /** As the module gives them. */
  readonly faces: Float32Array;
}

/** What the other answers: one look for each face, or none when it could not. */
interface Answer {
  readonly id: number;
  readonly looks: Float32Array[] | undefined;
}

/** A look at the face of that number among those that wanted one. */
export interface Look {
  readonly index: number;
  readonly embeddings: Float32Array;
}

/** A helper that takes so much longer than the asker with its own share is not waited for, nor asked again. */
const PATIENCE_MS = 2000;

/** Looks at whatever is asked over `port`; what `look` throws is told to `onError` and ends it. */
export function helpOver(
  port: MessagePort,
  look: (pixels: Pixels, faces: Float32Array) => Float32Array[],
  onError: (error: unknown) => void,
): void {
  port.onmessage = ({ data: { id, pixels, faces } }: MessageEvent<Ask>) => {
    const answer = (looks: Float32Array[] | undefined) => {
      const message: Answer = { id, looks };
      port.postMessage(message, (looks ?? []).map(({ buffer }) => buffer as ArrayBuffer));
    };
    try {
      answer(look(pixels, faces));
    } catch (error) {
      answer(undefined);
      port.close();
      onError(error);
    }
  };
}

/** The workers that help this one. One that fails, or ends, is not asked again: what it did not do is left to the asker. */
export class Help {
  readonly #helpers = new Set<Helper>();

  /** How many there are. */
  get size(): number {
    return this.#helpers.size;
  }

  /** Takes the port of one more. */
  add(port: MessagePort): void {
    const helper: Helper = new Helper(port, () => this.#helpers.delete(helper));
    this.#helpers.add(helper);
  }

  /**
   * Deals `count` faces of a frame out, `faces` as the module gives them: `own` is the asker's share, to be looked at while
   * the helpers do theirs, and then to be followed by `others`.
   */
  share(pixels: Pixels, faces: Float32Array, count: number): { own: number[]; others: () => Promise<Look[]> } {
    const helpers = [...this.#helpers].slice(0, count - 1);
    const all = Array.from({ length: count }, (_, index) => index);
    const [own = [], ...shares] = [undefined, ...helpers].map((_, turn) =>
      all.filter((index) => index % (helpers.length + 1) === turn),
    );
    const length = faces.length / count;
    const asked = helpers.map((helper, turn) => {
      const share = shares[turn] ?? [];
      const wanted = share.flatMap((index) => [...faces.subarray(index * length, (index + 1) * length)]);
      return { share, answer: helper.ask(pixels, Float32Array.from(wanted)) };
    });
    const looks = async ({ share, answer }: (typeof asked)[number]) => {
      const seen = await answer();
      return share.flatMap((index, nth) => {
        const embeddings = seen[nth];
        return embeddings === undefined ? [] : [{ index, embeddings }];
      });
    };
    return { own, others: async () => (await Promise.all(asked.map(looks))).flat() };
  }
}

/** One of them, as the asker sees it. */
class Helper {
  readonly #port: MessagePort;
  readonly #onEnd: () => void;
  #waiting: { id: number; resolve: (looks: Float32Array[]) => void } | undefined;
  #lastId = 0;

  constructor(port: MessagePort, onEnd: () => void) {
    this.#port = port;
    this.#onEnd = onEnd;
    port.onmessage = ({ data: { id, looks } }: MessageEvent<Answer>) => {
      if (looks === undefined) this.#end();
      else if (this.#waiting?.id === id) this.#settle(looks);
    };
    // Told by some browsers, when the other worker is gone.
    port.addEventListener("close", () => this.#end());
  }

  /** Asks for looks at `faces`. To be waited for by what is given back: in their order, none when it fails or takes too long. */
  ask({ data, width, height }: Pixels, faces: Float32Array): () => Promise<Float32Array[]> {
    const copy = data.slice();
    const ask: Ask = { id: ++this.#lastId, pixels: { data: copy, width, height }, faces };
    const looks = new Promise<Float32Array[]>((resolve) => {
      this.#waiting = { id: ask.id, resolve };
    });
    this.#port.postMessage(ask, [copy.buffer as ArrayBuffer, faces.buffer as ArrayBuffer]);
    return async () => {
      const timer = setTimeout(() => this.#end(), PATIENCE_MS);
      try {
        return await looks;
      } finally {
        clearTimeout(timer);
      }
    };
  }

  #settle(looks: Float32Array[]): void {
    this.#waiting?.resolve(looks);
    this.#waiting = undefined;
  }

  #end(): void {
    this.#onEnd();
    this.#port.close();
    this.#settle([]);
  }
}
