/**
 * Reports that wait to be sent, kept in the browser's IndexedDB: a page that is left or reloaded does not lose them.
 * The next page of the same site takes them over.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Report } from "../generated/Report.js";
import { randomId } from "../random-id.js";

/** A report that waits. */
export interface KeptReport {
  readonly report: Report;
  /** When it was made, in milliseconds since 1970: its lifetime goes on in the next page. */
  readonly madeAt: number;
}

interface Row extends KeptReport {
  /** The report's `capture_id`. */
  readonly id: string;
  /** The client that sends it. */
  readonly owner: string;
}

interface Schema extends DBSchema {
  reports: { key: string; value: Row };
}

const REPORTS = "reports";
/** From then on nothing waits for a database that is not yet open: it must not hold up what is to be sent. */
const OPENED_WITHIN_MS = 1000;

/** A database that is open, and who has it. */
interface Opened {
  readonly db: IDBPDatabase<Schema>;
  readonly owner: string;
  readonly leave: () => void;
}

/** The reports that wait for one relay. Where the browser keeps nothing, as in some private windows, none are kept. */
export class KeptReports {
  readonly #opened: Promise<Opened | undefined>;
  readonly #patience = new Promise<undefined>((resolve) => setTimeout(resolve, OPENED_WITHIN_MS));

  /** Those of the relay at `url`. */
  constructor(url: string) {
    this.#opened = opened(url).catch(() => undefined);
  }

  /** Keeps a report until it is {@link forget forgotten}. A database that is slow is not waited for; it keeps it later. */
  keep(report: Report, madeAt: number): Promise<void> {
    return this.#soon(({ db, owner }) => db.put(REPORTS, { id: report.capture_id, owner, madeAt, report }));
  }

  /** It arrived, or was given up. */
  forget(captureId: string): Promise<void> {
    return this.#soon(({ db }) => db.delete(REPORTS, captureId));
  }

  /** Takes over what clients left behind that are no longer there, oldest first. */
  async takeOver(): Promise<KeptReport[]> {
    const opened = await this.#opened;
    if (opened === undefined) return [];
    const { db, owner } = opened;
    const there = await owners();
    const transaction = db.transaction(REPORTS, "readwrite");
    const left = (await transaction.store.getAll()).filter((row) => row.owner !== owner && !there.has(row.owner));
    await Promise.all(left.map((row) => transaction.store.put({ ...row, owner })));
    await transaction.done;
    return left.sort((a, b) => a.madeAt - b.madeAt);
  }

  /** What is kept stays, for whoever comes next. */
  close(): void {
    void this.#opened.then((opened) => {
      opened?.db.close();
      opened?.leave();
    });
  }

  /** In the order of the calls, once the database is open. Resolves when it is done, or cannot be for now. */
  async #soon(work: (opened: Opened) => Promise<unknown>): Promise<void> {
    const done = this.#opened.then((opened) => opened && work(opened)).catch(() => undefined);
    const isOpen = (await Promise.race([this.#opened, this.#patience])) !== undefined;
    if (isOpen) await done;
  }
}

async function opened(url: string): Promise<Opened | undefined> {
  if (typeof indexedDB === "undefined") return undefined;
  const db = await openDB<Schema>(`rostro-reports ${url}`, 1, {
    upgrade: (made) => void made.createObjectStore(REPORTS, { keyPath: "id" }),
    // Another version of this package wants it: it is this one's no longer.
    blocking: (_current, _next, event) => (event.target as IDBDatabase | null)?.close(),
  });
  const owner = randomId();
  return { db, owner, leave: await present(owner) };
}

const LOCK = "rostro-reports-of ";

/** Shows to other pages that this owner is there, until the answer is called or the page is gone. */
async function present(owner: string): Promise<() => void> {
  const locks = globalThis.navigator?.locks;
  if (locks === undefined) return () => undefined;
  return new Promise((resolve, reject) => {
    const held = () => new Promise<void>((leave) => resolve(leave));
    locks.request(LOCK + owner, held).catch(reject);
  });
}

/**
 * The owners that are there. Without Web Locks (a page that is not secure) nobody is known to be: a report may then be
 * sent by two pages, and the relay counts it once.
 */
async function owners(): Promise<Set<string>> {
  const held = (await globalThis.navigator?.locks?.query())?.held ?? [];
  return new Set(held.flatMap(({ name }) => (name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : [])));
}
