"use client";

import { useId, useState } from "react";

import { identityKey } from "@/lib/identity";
import type { FilterPerson } from "@/lib/webhooks-service";

import { useI18n } from "../i18n-provider";
import styles from "./webhooks.module.css";

/** From this many people on, they can be searched. */
const SEARCHED_FROM = 8;
/** People that are listed at once; whoever is chosen always is. */
const LISTED_MAX = 100;

interface PeopleChoiceProps {
  people: readonly FilterPerson[];
  /** Their ids; somebody chosen may be among no people any more. */
  chosen: ReadonlySet<string>;
  onChoose: (id: string, isChosen: boolean) => void;
}

/** Of whom a receiver is told; nobody chosen means everybody. */
export function PeopleChoice({ people, chosen, onChoose }: PeopleChoiceProps) {
  const { form } = useI18n().t.webhooks;
  const id = useId();
  const [sought, setSought] = useState("");
  const known = new Set(people.map((person) => person.id));
  const gone = [...chosen].filter((person) => !known.has(person)).map((person) => ({ id: person, name: null }));
  const key = identityKey(sought);
  const fitting = people.filter((person) => chosen.has(person.id) || identityKey(person.name).includes(key));
  const listed = [...gone, ...fitting.toSorted((a, b) => Number(chosen.has(b.id)) - Number(chosen.has(a.id)))];
  if (people.length + gone.length === 0) return null;
  return (
    <fieldset className={styles.people} aria-describedby={`${id}-hint`}>
      <legend>{form.people}</legend>
      {people.length >= SEARCHED_FROM && (
        <input
          type="search"
          autoComplete="off"
          placeholder={form.seek}
          aria-label={form.seek}
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
      )}
      <ul>
        {listed.slice(0, Math.max(LISTED_MAX, chosen.size)).map((person) => (
          <li key={person.id}>
            <label>
              <input
                type="checkbox"
                checked={chosen.has(person.id)}
                data-testid="webhook-person"
                data-name={person.name ?? ""}
                onChange={({ target }) => onChoose(person.id, target.checked)}
              />
              {person.name ?? <span className="muted">{form.personGone}</span>}
            </label>
          </li>
        ))}
      </ul>
      <p className="muted small" id={`${id}-hint`}>
        {form.peopleHint}
      </p>
    </fieldset>
  );
}
