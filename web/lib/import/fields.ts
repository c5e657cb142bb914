/** What a line of a file says of a person, and which words at the head of a column mean it. */
import { DETAIL_FIELDS } from "../enrolment";
import { searchKey } from "../identity";

export const FIELDS = ["name", ...DETAIL_FIELDS, "clientId"] as const;

export type Field = (typeof FIELDS)[number];

/** One line: `null` where a cell is blank or its column is missing. */
export type Cells = Record<Field, string | null>;

export const NO_CELLS: Cells = { name: null, email: null, dni: null, unit: null, kind: null, clientId: null };

/** Without case, accents and punctuation. */
const WORDS: Record<Field, readonly string[]> = {
  name: ["name", "nombre", "full name", "nombre completo", "nombre y apellidos"],
  email: ["email", "e mail", "mail", "correo", "correo electronico"],
  dni: ["dni", "documento", "document", "documento dni", "identity document"],
  unit: ["unit", "unidad", "vivienda", "unidad o vivienda", "flat or office"],
  kind: ["kind", "tipo"],
  clientId: ["client id"],
};

/** What a column is, by its head; `null` for one that is not taken. */
export function fieldOf(head: string): Field | null {
  const words = searchKey(head)
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return FIELDS.find((field) => WORDS[field].includes(words)) ?? null;
}

/** An id that can stand in an address, and is none of its pages. */
export function isClientId(text: string): boolean {
  return /^[A-Za-z0-9][\w.:@-]{0,63}$/u.test(text) && !["new", "import"].includes(text.toLowerCase());
}
