/** Everybody who is on file while an import goes on: whom a line means, and what it adds to them. */
import { DETAIL_FIELDS, type EnrolmentDetails } from "../enrolment";
import { identityKey } from "../identity";
import type { PersonLine } from "../people";
import { FIELDS, type Cells, type Field } from "./fields";
import type { Reason } from "./outcome";
import { sameNameKey } from "./same-name";

/** What a line comes to. */
export type Found =
  | { ok: false; reason: Reason }
  | {
      ok: true;
      /** As they are on file; `null` for somebody new. */
      person: PersonLine | null;
      /** What is to be stored: the name, and what was missing. */
      details: EnrolmentDetails;
      filled: Field[];
      kept: Field[];
    };

type Index = Map<string, Set<PersonLine>>;

/** People by all that names them. */
export class Roll {
  readonly #byName: Index = new Map();
  readonly #byDocument: Index = new Map();
  readonly #byClient: Index = new Map();

  constructor(people: readonly PersonLine[]) {
    for (const person of people) this.add(person);
  }

  /** Puts somebody in, or what has become known of them since. */
  add(person: PersonLine): void {
    put(this.#byName, sameNameKey(person.name), person);
    if (person.document !== null) put(this.#byDocument, identityKey(person.document), person);
    if (person.clientId !== null) put(this.#byClient, person.clientId, person);
  }

  /** Whoever has that name, the relay's own first. */
  named(name: string): PersonLine | undefined {
    const all = [...(this.#byName.get(sameNameKey(name)) ?? [])];
    return all.find(({ relayId }) => relayId !== null) ?? all[0];
  }

  /** Whom a line means, by its client's id, its document and its name, which must not say different people. */
  find(cells: Cells): Found {
    const { clientId, dni, name } = cells;
    const said = [
      clientId === null ? undefined : this.#byClient.get(clientId),
      dni === null ? undefined : this.#byDocument.get(identityKey(dni)),
      name === null ? undefined : this.#byName.get(sameNameKey(name)),
    ].filter((people) => people !== undefined);
    const [first, ...others] = said;
    if (first === undefined) {
      if (name === null) return { ok: false, reason: "nobody" };
      return { ok: true, person: null, details: { ...onlyDetails(cells), name }, filled: [], kept: [] };
    }
    const common = [...first].filter((person) => others.every((people) => people.has(person)));
    const [person] = common;
    if (person === undefined) return { ok: false, reason: "disagree" };
    return common.length > 1 ? { ok: false, reason: "several" } : { ok: true, person, ...added(cells, person) };
  }
}

/** What of the line is not on file yet. What is on file stays as it is. */
function added(cells: Cells, person: PersonLine) {
  const held: Cells = { ...person, dni: person.document };
  const filled = DETAIL_FIELDS.filter((field) => cells[field] !== null && held[field] === null);
  const kept = given(cells).filter((field) => differs(cells[field], held[field]));
  const details: EnrolmentDetails = { ...onlyDetails(cells, filled), name: person.name };
  return { details, filled, kept };
}

function differs(written: string | null, held: string | null): boolean {
  return written !== null && held !== null && identityKey(written) !== identityKey(held);
}

/** The fields that a line says something in. */
function given(cells: Cells): Field[] {
  return FIELDS.filter((field) => cells[field] !== null);
}

function onlyDetails(cells: Cells, fields: readonly Field[] = DETAIL_FIELDS) {
  const { email, dni, unit, kind } = cells;
  const only = (field: Field, text: string | null) => (fields.includes(field) ? text : null);
  return { email: only("email", email), dni: only("dni", dni), unit: only("unit", unit), kind: only("kind", kind) };
}

function put(index: Index, key: string, person: PersonLine): void {
  const people = index.get(key);
  if (people) people.add(person);
  else index.set(key, new Set([person]));
}
