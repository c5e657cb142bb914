/** The relay's galleries as they are held here: fetched whole once, then brought up to date by what changed. */
import type { GalleryList } from "../generated/GalleryList.js";
import type { RestChannel } from "./rest.js";

/** A gallery, and the tag that it was answered with. */
interface Held {
  readonly etag: string;
  readonly gallery: GalleryList;
}

/**
 * One request a model is under way at a time: of two that overlap, the older answer could come last, and bring back
 * somebody who was forgotten.
 *
 * What changed is applied here. A recogniser is given the whole gallery, in memory: it copies it into its worker.
 */
export class Galleries {
  readonly #rest: Pick<RestChannel, "send">;
  readonly #held = new Map<string, Held>();
  readonly #running = new Map<string, Promise<GalleryList>>();
  readonly #waiting = new Map<string, Promise<GalleryList>>();

  constructor(rest: Pick<RestChannel, "send">) {
    this.#rest = rest;
  }

  /**
   * Everybody active in `model`, at this call or later; the very same object where nothing has changed. Calls that come
   * while the relay is being asked share the next request.
   */
  of(model: string): Promise<GalleryList> {
    const waiting = this.#waiting.get(model);
    if (waiting !== undefined) return waiting;
    const running = this.#running.get(model);
    if (running === undefined) return this.#start(model);
    const start = () => {
      this.#waiting.delete(model);
      return this.#start(model);
    };
    const next = running.then(start, start);
    this.#waiting.set(model, next);
    return next;
  }

  #start(model: string): Promise<GalleryList> {
    const asked = this.#ask(model).finally(() => this.#running.delete(model));
    this.#running.set(model, asked);
    return asked;
  }

  async #ask(model: string): Promise<GalleryList> {
    const held = this.#held.get(model);
    const query = new URLSearchParams({ model });
    // A relay of before has no versions.
    if (held?.gallery.version) query.set("since", held.gallery.version);
    const headers = held === undefined ? {} : { "if-none-match": held.etag };
    const response = await this.#rest.send({ method: "GET", path: `v1/gallery?${query}`, headers });
    if (response.status === 304 && held !== undefined) return held.gallery;
    const answer: GalleryList = await response.json();
    const gallery = held === undefined ? answer : updated(held.gallery, answer);
    const etag = response.headers.get("etag");
    if (etag !== null) this.#held.set(model, { etag, gallery });
    return gallery;
  }
}

/** Puts what was answered in the place of what was held of the same people, or of everybody. */
export function updated(held: GalleryList, answer: GalleryList): GalleryList {
  const { replaces, ...gallery } = answer;
  if (replaces === undefined) return answer;
  const replaced = new Set(replaces);
  const stays = ({ person_id }: { person_id: string }) => !replaced.has(person_id);
  return {
    ...gallery,
    entries: [...held.entries.filter(stays), ...gallery.entries],
    own_rates: [...held.own_rates.filter(stays), ...gallery.own_rates],
    negatives: [...held.negatives.filter(stays), ...gallery.negatives],
  };
}
