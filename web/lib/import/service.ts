/** Puts what is imported into the relay and this app's records. On the server: the relay's key never reaches a browser. */
import "server-only";

import { RostroError, type RelayAdmin } from "rostro/next";

import { database } from "@/db/database";
import { storeDetails } from "@/db/people";

import { UNKNOWN_NAME } from "../detection-body";
import type { EnrolmentDetails } from "../enrolment";
import { inTurn } from "../in-turn";
import type { PersonLine } from "../people";
import { enrolNow, everybody } from "../people-service";
import { relayAdmin } from "../with-relay";
import type { Batch, ReadItem } from "./batch";
import { Held } from "./held";
import type { Outcome } from "./outcome";
import { Roll } from "./roll";
import { sameNameKey } from "./same-name";

/** Whose encodings the Flask app's are. */
const MODEL = "dlib-resnet-v1";

/** A whole gallery may come. */
const GALLERY_TIMEOUT_MS = 60_000;
/** For how long the gallery is kept for the next batch of the same import. */
const GALLERY_KEPT_MS = 120_000;

let gallery: { relay: RelayAdmin; timer: NodeJS.Timeout } | null = null;

/** Everybody's encodings; of the second batch on the relay answers only what changed. */
async function entries() {
  const relay = gallery?.relay ?? relayAdmin(GALLERY_TIMEOUT_MS);
  clearTimeout(gallery?.timer);
  gallery = { relay, timer: setTimeout(() => (gallery = null), GALLERY_KEPT_MS).unref() };
  return (await relay.gallery(MODEL)).entries;
}

/**
 * What becomes of each item, in their order; `null` where the relay cannot be asked at all. Details of a person are
 * only added, what is on file stays; an encoding that the relay has of the person already is not added again.
 */
export function importBatch({ dry, items }: Batch): Promise<Outcome[] | null> {
  // Whatever changes people in between would not be seen.
  return inTurn(async () => {
    const answer = await everybody();
    const names = items.flatMap((item) => (item.type === "samples" ? [item.name] : []));
    const held = names.length === 0 ? [] : await entries().catch(() => null);
    if (!answer.relayReachable || held === null) return null;
    return new Import(dry, new Roll(answer.people), new Held(held, names)).all(items);
  });
}

class Import {
  readonly #dry: boolean;
  readonly #roll: Roll;
  readonly #held: Held;

  constructor(dry: boolean, roll: Roll, held: Held) {
    this.#dry = dry;
    this.#roll = roll;
    this.#held = held;
  }

  /** After the first item that the relay gave no answer to, none is tried. */
  async all(items: readonly ReadItem[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    let isAway = false;
    for (const item of items) {
      const outcome: Outcome = isAway ? { refused: "relay-unreachable" } : await this.#one(item);
      isAway = "refused" in outcome && outcome.refused === "relay-unreachable";
      outcomes.push(outcome);
    }
    return outcomes;
  }

  async #one(item: ReadItem): Promise<Outcome> {
    try {
      return item.type === "details" ? await this.#details(item) : await this.#samples(item);
    } catch (error) {
      if (error instanceof RostroError) {
        const isAway = error.code === "relay-unreachable" || error.code === "busy";
        return { refused: isAway ? "relay-unreachable" : "relay-refused" };
      }
      // Its text may hold what was to be stored.
      console.error("an item was not imported:", error instanceof Error ? error.name : typeof error);
      return { refused: "failed" };
    }
  }

  async #details({ cells }: ReadItem & { type: "details" }): Promise<Outcome> {
    const found = this.#roll.find(cells);
    if (!found.ok) return { refused: found.reason };
    const { person, details, filled, kept } = found;
    if (isReserved(details.name)) return { refused: "reserved-name" };
    if (person === null || filled.length > 0) {
      const id = person?.clientId ?? cells.clientId ?? crypto.randomUUID();
      if (!this.#dry) await storeDetails(await database(), id, details);
      this.#roll.add(person === null ? newPerson(id, details) : completed(person, id, details));
    }
    return { name: details.name, isNew: person === null, filled, kept, added: 0, there: 0 };
  }

  async #samples({ name: label, vectors }: ReadItem & { type: "samples" }): Promise<Outcome> {
    if (isReserved(label)) return { refused: "reserved-name" };
    const person = this.#roll.named(label);
    const name = person?.name ?? label;
    const fresh = this.#held.takeNew(name, vectors);
    if (fresh.length > 0 && !this.#dry) {
      try {
        const samples = fresh.map((vector) => ({ model: MODEL, embedding: Array.from(vector), quality: null }));
        await enrolNow({ ...NO_DETAILS, name }, samples);
      } catch (error) {
        this.#held.release(name, fresh);
        throw error;
      }
    }
    if (person === undefined) this.#roll.add(newPerson(crypto.randomUUID(), { ...NO_DETAILS, name }));
    return { name, isNew: person === undefined, filled: [], kept: [], added: fresh.length, there: vectors.length - fresh.length };
  }
}

const NO_DETAILS = { email: null, dni: null, unit: null, kind: null };

function isReserved(name: string): boolean {
  return sameNameKey(name) === sameNameKey(UNKNOWN_NAME);
}

function newPerson(id: string, { name, email, dni, unit, kind }: EnrolmentDetails): PersonLine {
  const facts = { name, email, unit, kind, document: dni };
  return { key: id, relayId: null, clientId: id, ...facts, samples: {}, strangerNamedOneIn: null, createdAt: "" };
}

/** What the lines after this one are held against. */
function completed(person: PersonLine, clientId: string, { email, dni, unit, kind }: EnrolmentDetails): PersonLine {
  person.clientId = clientId;
  person.email ??= email;
  person.document ??= dni;
  person.unit ??= unit;
  person.kind ??= kind;
  return person;
}
