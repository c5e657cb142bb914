/** Who is looked for on the people page, and how many are shown at once. */
import { searchKey } from "./identity";
import type { PersonLine } from "./people";

/** People that the page shows before more are asked for. */
export const PEOPLE_SHOWN = 60;

/** Longest text that is looked for, in characters. */
const QUERY_MAX_CHARS = 200;

export interface PeopleSearch {
  /** Empty for everybody. */
  text: string;
  /** How many are shown. */
  shown: number;
}

/** What the address says: `q` and `show`; what makes no sense says nothing. */
export function readPeopleSearch(query: URLSearchParams): PeopleSearch {
  const text = (query.get("q") ?? "").trim();
  const shown = Number(query.get("show"));
  return {
    text: [...text].slice(0, QUERY_MAX_CHARS).join(""),
    shown: Number.isSafeInteger(shown) ? Math.max(shown, PEOPLE_SHOWN) : PEOPLE_SHOWN,
  };
}

/** The page's address that says so. */
export function peopleAddress({ text, shown }: PeopleSearch) {
  const query = { ...(text !== "" && { q: text }), ...(shown > PEOPLE_SHOWN && { show: shown }) };
  return { pathname: "/people", query } as const;
}

/** Those of whom every word of `text` is in their name, unit, document or e-mail address; without case and accents. */
export function peopleFound(people: readonly PersonLine[], text: string): readonly PersonLine[] {
  const words = searchKey(text).split(" ").filter((word) => word !== "");
  if (words.length === 0) return people;
  return people.filter(({ name, unit, document, email }) => {
    const said = searchKey([name, unit, document, email].filter((fact) => fact !== null).join(" "));
    return words.every((word) => said.includes(word));
  });
}
