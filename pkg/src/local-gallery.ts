/** People who are kept in this browser alone: a gallery for pages that have no relay. */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { RostroError } from "./errors.js";
import { EMBEDDING_LEN } from "./generated/models.js";
import { Listeners } from "./listeners.js";
import type { Gallery, LiveGallery, Recognizer } from "./recognizer.js";
import { randomId } from "./random-id.js";
import type { Sample } from "./samples.js";

/** Somebody who is kept. */
export interface LocalPerson {
  readonly id: string;
  /** 1..200 characters. */
  readonly name: string;
  /** How many samples there are of them. */
  readonly samples: number;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly samples: readonly Sample[];
}

interface Schema extends DBSchema {
  people: { key: string; value: Row };
}

const PEOPLE = "people";
const NAME_MAX = 200;

/**
 * People and their embeddings in this browser's IndexedDB, unencrypted, for this site: whoever can open the browser's
 * profile can read them. They stay until they are forgotten, or the browser clears the site's data; ask for
 * `navigator.storage.persist()` where that must not happen by itself.
 *
 * Open pages of one site see each other's changes.
 */
export class LocalGallery implements LiveGallery {
  readonly #db: IDBPDatabase<Schema>;
  readonly #channel: BroadcastChannel;
  readonly #onChange = new Listeners<[]>();

  private constructor(db: IDBPDatabase<Schema>, name: string) {
    this.#db = db;
    this.#channel = new BroadcastChannel(databaseOf(name));
    this.#channel.onmessage = () => {
      this.#onChange.emit();
    };
  }

  /**
   * Opens the gallery of that name, which is made where there is none. Rejects with `unsupported-browser` where the browser
   * keeps nothing for this page, as in some private windows.
   */
  static async open(name = "people"): Promise<LocalGallery> {
    try {
      const db = await openDB<Schema>(databaseOf(name), 1, {
        upgrade: (made) => void made.createObjectStore(PEOPLE, { keyPath: "id" }),
      });
      return new LocalGallery(db, name);
    } catch (cause) {
      throw new RostroError("unsupported-browser", "this browser keeps no data for this page", { cause });
    }
  }

  /** Everybody, by name. */
  async people(): Promise<LocalPerson[]> {
    const rows = await this.#db.getAll(PEOPLE);
    return rows.map(shown).sort((a, b) => a.name.localeCompare(b.name));
  }

  /**
   * Keeps samples of somebody: of a new person, or more of the one with `id`. Rejects with `invalid-request` for a name
   * that is none, `invalid-embedding` for a sample that is none, `not-found` for an id that nobody has.
   */
  async add(person: { readonly name: string; readonly id?: string }, samples: readonly Sample[]): Promise<LocalPerson> {
    const name = person.name.trim();
    if (name === "" || name.length > NAME_MAX) {
      throw new RostroError("invalid-request", `a name has 1 to ${NAME_MAX} characters`, { field: "name" });
    }
    const added = samples.map(copied);
    if (added.length === 0) throw new RostroError("invalid-request", "there is no sample", { field: "samples" });
    const transaction = this.#db.transaction(PEOPLE, "readwrite");
    const held = person.id === undefined ? undefined : await transaction.store.get(person.id);
    if (person.id !== undefined && held === undefined) {
      throw new RostroError("not-found", "nobody in this gallery has that id", { field: "id" });
    }
    const row = { id: held?.id ?? randomId(), name, samples: [...(held?.samples ?? []), ...added] };
    await transaction.store.put(row);
    await transaction.done;
    this.#changed();
    return shown(row);
  }

  /** Forgets a person and every sample of theirs; rejects with `not-found` if there is no such id. */
  async forget(id: string): Promise<void> {
    const transaction = this.#db.transaction(PEOPLE, "readwrite");
    if ((await transaction.store.getKey(id)) === undefined) {
      throw new RostroError("not-found", "nobody in this gallery has that id", { field: "id" });
    }
    await transaction.store.delete(id);
    await transaction.done;
    this.#changed();
  }

  /** Everybody's samples of one model, for `recognizer.setGallery`. */
  async of(model: string): Promise<Gallery> {
    const rows = await this.#db.getAll(PEOPLE);
    const entries = rows.flatMap(({ id, name, samples }) =>
      samples
        .filter((sample) => sample.model === model)
        .map(({ embedding }) => ({ person_id: id, name, embedding })),
    );
    return { model, entries };
  }

  /** For each model that the recogniser runs; see {@link LiveGallery.attach}. */
  async attach(recognizer: Recognizer, onError: (error: unknown) => void = () => undefined): Promise<() => void> {
    const give = async () => {
      for (const model of recognizer.models) await recognizer.setGallery(await this.of(model));
    };
    await give();
    // One after the other: of two that overlap, the older people could come last.
    let last = Promise.resolve();
    return this.#onChange.add(() => {
      last = last.then(give).catch(onError);
    });
  }

  /** Calls `listener` when somebody was added or forgotten, here or in another page; the returned function ends that. */
  onChange(listener: () => void): () => void {
    return this.#onChange.add(listener);
  }

  /** Lets go of the database; what is kept stays. */
  close(): void {
    this.#onChange.clear();
    this.#channel.close();
    this.#db.close();
  }

  #changed(): void {
    this.#onChange.emit();
    this.#channel.postMessage("changed");
  }
}

const databaseOf = (name: string) => `rostro-gallery ${name}`;

function shown({ id, name, samples }: Row): LocalPerson {
  return { id, name, samples: samples.length };
}

function copied({ model, embedding }: Sample, index: number): Sample {
  if (embedding.length !== EMBEDDING_LEN || !embedding.every(Number.isFinite)) {
    const message = `an embedding has ${EMBEDDING_LEN} finite numbers, samples[${index}] has not`;
    throw new RostroError("invalid-embedding", message, { field: "samples" });
  }
  return { model, embedding: Float32Array.from(embedding) };
}
