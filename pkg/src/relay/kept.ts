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
/** A database that is stuck must not keep reports from being sent. */
const OPENED_WITHIN_MS = 1000;

/** The reports that wait for one relay. */
export class KeptReports {
  readonly #db: IDBPDatabase<Schema>;
  readonly #owner: string;
  readonly #leave: () => void;

  private constructor(db: IDBPDatabase<Schema>, owner: string, leave: () => void) {
    this.#db = db;
    this.#owner = owner;
    this.#leave = leave;
  }

  /** Those of the relay at `url`; `undefined` where the browser keeps nothing, as in some private windows. */
  static async open(url: string): Promise<KeptReports | undefined> {
    if (typeof indexedDB === "undefined") return undefined;
    return Promise.race([KeptReports.#open(url), after(OPENED_WITHIN_MS)]);
  }

  static async #open(url: string): Promise<KeptReports | undefined> {
    try {
      const db = await openDB<Schema>(`rostro-reports ${url}`, 1, {
        upgrade: (made) => void made.createObjectStore(REPORTS, { keyPath: "id" }),
        // Another version of this package wants it: it is this one's no longer.
        blocking: (_current, _next, event) => (event.target as IDBDatabase | null)?.close(),
      });
      const owner = randomId();
      return new KeptReports(db, owner, await present(owner));
    } catch {
      return undefined;
    }
  }

  /** Keeps a report until it is {@link forget forgotten}. */
  async keep(report: Report, madeAt: number): Promise<void> {
    await this.#db.put(REPORTS, { id: report.capture_id, owner: this.#owner, madeAt, report });
  }

  /** It arrived, or was given up. */
  async forget(captureId: string): Promise<void> {
    await this.#db.delete(REPORTS, captureId);
  }

  /** Takes over what clients left behind that are no longer there, oldest first. */
  async takeOver(): Promise<KeptReport[]> {
    const there = await owners();
    const transaction = this.#db.transaction(REPORTS, "readwrite");
    const left = (await transaction.store.getAll()).filter((row) => row.owner !== this.#owner && !there.has(row.owner));
    await Promise.all(left.map((row) => transaction.store.put({ ...row, owner: this.#owner })));
    await transaction.done;
    return left.sort((a, b) => a.madeAt - b.madeAt);
  }

  /** What is kept stays, for whoever comes next. */
  close(): void {
    this.#db.close();
    this.#leave();
  }
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

const after = (milliseconds: number) => new Promise<undefined>((resolve) => setTimeout(resolve, milliseconds));
