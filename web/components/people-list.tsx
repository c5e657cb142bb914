"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { plural } from "@/lib/i18n";
import { canBeRecognised, type PersonLine } from "@/lib/people";

import { useI18n } from "./i18n-provider";
import styles from "./people-list.module.css";
import { ForgetDialog } from "./people/forget-dialog";
import { LocalTime } from "./time";
import ui from "./ui.module.css";

/** Everybody, each with a way to be forgotten. */
export function PeopleList({ people, relayReachable }: { people: PersonLine[]; relayReachable: boolean }) {
  const router = useRouter();
  const [leaving, setLeaving] = useState<PersonLine | null>(null);
  return (
    <>
      <ul className={styles.list}>
        {people.map((person) => (
          <PersonCard
            key={person.key}
            person={person}
            relayReachable={relayReachable}
            onForget={() => setLeaving(person)}
          />
        ))}
      </ul>
      {leaving && (
        <ForgetDialog person={leaving} onForgotten={() => router.refresh()} onClose={() => setLeaving(null)} />
      )}
    </>
  );
}

interface PersonCardProps {
  person: PersonLine;
  relayReachable: boolean;
  onForget: () => void;
}

function PersonCard({ person, relayReachable, onForget }: PersonCardProps) {
  const { t } = useI18n();
  const facts = [
    [t.people.unit, person.unit],
    [t.people.kind, person.kind],
    [t.people.document, person.document],
    [t.people.email, person.email],
  ] as const;
  return (
    <li className={`${ui.card} ${styles.person}`} data-testid="person" data-name={person.name}>
      <span className={styles.initials} aria-hidden="true">
        {initials(person.name)}
      </span>
      <div className={styles.body}>
        <h2 className={styles.name}>
          <Link href={`/people/${encodeURIComponent(person.key)}`} data-testid="person-link">
            {person.name}
          </Link>
        </h2>
        <dl className={styles.facts}>
          {facts.map(
            ([label, value]) =>
              value !== null && (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>{value}</dd>
                </div>
              ),
          )}
        </dl>
        <p className={styles.samples}>
          {Object.entries(person.samples).map(([model, count]) => (
            <span key={model} className={ui.badge} data-testid="person-samples" data-model={model} data-count={count}>
              {plural(t.people.samples, count)} · {model}
            </span>
          ))}
          {relayReachable && person.relayId === null && (
            <span className={ui.badge} data-tone="warn" data-testid={canBeRecognised(person) ? undefined : "person-cannot-yet"}>
              {canBeRecognised(person) ? t.people.onlyHere : t.person.cannotYet}
            </span>
          )}
          {person.clientId === null && <span className={ui.badge}>{t.people.onlyRelay}</span>}
        </p>
        {relayReachable && !canBeRecognised(person) && (
          <p>
            <Link href={{ pathname: "/people/new", query: { name: person.name } }} data-testid="person-enrol">
              {t.person.enrol}
              <span className="visually-hidden">: {person.name}</span>
            </Link>
          </p>
        )}
        <p className="muted small">
          <Since iso={person.createdAt} />
        </p>
      </div>
      <button
        className={`${ui.button} ${ui.quiet} ${ui.compact} ${styles.forget}`}
        type="button"
        data-testid="person-forget"
        disabled={!relayReachable}
        onClick={onForget}
      >
        {t.people.forget}
        <span className="visually-hidden"> {person.name}</span>
      </button>
    </li>
  );
}

/** The date inside its sentence. */
function Since({ iso }: { iso: string }) {
  const { t } = useI18n();
  const [before, after] = t.people.since.split("{date}");
  return (
    <>
      {before}
      <LocalTime iso={iso} day="only" />
      {after}
    </>
  );
}

/** First letters of the first and the last word. */
function initials(name: string): string {
  const words = name.split(" ").filter((word) => word !== "");
  const picked = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return picked.map((word) => [...(word ?? "")][0]?.toUpperCase() ?? "").join("");
}
