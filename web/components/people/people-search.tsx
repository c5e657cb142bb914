"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";

import { peopleAddress, PEOPLE_SHOWN } from "@/lib/people-search";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import styles from "./people-search.module.css";

/** After the last key: the list follows whoever types, and is not asked for at every key. */
const PAUSE_MS = 250;

/** Looks for people, by the page's own address. */
export function PeopleSearch({ text }: { text: string }) {
  const { search } = useI18n().t.person;
  const router = useRouter();
  const [typed, setTyped] = useState(text);
  const asked = useRef(text);

  useEffect(() => {
    // A link has led to another search.
    if (text === asked.current) return;
    asked.current = text;
    setTyped(text);
  }, [text]);

  useEffect(() => {
    if (typed.trim() === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = typed.trim();
      const { pathname, query } = peopleAddress({ text: asked.current, shown: PEOPLE_SHOWN });
      router.replace(`${pathname}?${new URLSearchParams({ q: query.q ?? "" })}`, { scroll: false });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, router]);

  return (
    <form className={styles.search} role="search" action="/people">
      <input
        type="search"
        name="q"
        autoComplete="off"
        maxLength={200}
        aria-label={search.label}
        placeholder={search.placeholder}
        value={typed}
        data-testid="people-search"
        onChange={({ target }) => setTyped(target.value)}
      />
      <button className={`${ui.button} ${ui.quiet}`} type="submit" data-testid="people-search-submit">
        {search.submit}
      </button>
    </form>
  );
}
