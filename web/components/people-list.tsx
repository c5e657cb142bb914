"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";

import { fill, plural } from "@/lib/i18n";
import type { PersonLine } from "@/lib/people";

import dialogStyles from "./dialog.module.css";
import { useI18n } from "./i18n-provider";
import styles from "./people-list.module.css";
import { PersonStrictness } from "./person-strictness";
import { LocalTime } from "./time";
import ui from "./ui.module.css";

/** Everybody, each with a way to be forgotten. */
export function PeopleList({ people, relayReachable }: { people: PersonLine[]; relayReachable: boolean }) {
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
      {leaving && <ForgetDialog person={leaving} onClose={() => setLeaving(null)} />}
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
        <h2 className={styles.name}>{person.name}</h2>
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
            <span className={ui.badge} data-tone="warn">
              {t.people.onlyHere}
            </span>
          )}
          {person.clientId === null && <span className={ui.badge}>{t.people.onlyRelay}</span>}
        </p>
        {relayReachable && person.relayId !== null && (
          <PersonStrictness relayId={person.relayId} name={person.name} chosen={person.strangerNamedOneIn} />
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

function ForgetDialog({ person, onClose }: { person: PersonLine; onClose: () => void }) {
  const { t } = useI18n();
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const [state, setState] = useState<"asking" | "working" | "failed">("asking");

  async function forget() {
    setState("working");
    try {
      const response = await fetch(`/api/people/${encodeURIComponent(person.key)}`, { method: "DELETE" });
      if (!response.ok) throw new Error(`forgetting answered ${response.status}`);
      dialog.current?.close();
      router.refresh();
    } catch {
      setState("failed");
    }
  }

  return (
    <dialog
      ref={(element) => {
        dialog.current = element;
        if (element && !element.open) element.showModal();
      }}
      className={dialogStyles.dialog}
      aria-labelledby="forget-title"
      data-testid="forget-dialog"
      onClose={onClose}
    >
      <h2 id="forget-title">{fill(t.people.forgetTitle, { name: person.name })}</h2>
      <p className="muted">{t.people.forgetText}</p>
      {state === "failed" && (
        <p className={ui.notice} data-tone="bad" role="alert">
          {t.people.forgetFailed}
        </p>
      )}
      <div className={dialogStyles.actions}>
        <button className={`${ui.button} ${ui.quiet}`} type="button" onClick={() => dialog.current?.close()}>
          {t.people.cancel}
        </button>
        <button
          className={`${ui.button} ${ui.danger}`}
          type="button"
          data-testid="forget-confirm"
          disabled={state === "working"}
          onClick={() => void forget()}
        >
          {state === "working" ? t.people.forgetting : t.people.forgetConfirm}
        </button>
      </div>
    </dialog>
  );
}

/** First letters of the first and the last word. */
function initials(name: string): string {
  const words = name.split(" ").filter((word) => word !== "");
  const picked = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return picked.map((word) => [...(word ?? "")][0]?.toUpperCase() ?? "").join("");
}
