"use client";

import { useState, type FormEvent } from "react";

import { changePassword, signOut } from "@/lib/accounts/calls";
import { isPassword, PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS } from "@/lib/accounts/new-account";
import type { Visitor } from "@/lib/accounts/session";
import { fill } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import styles from "./account.module.css";
import { TextField } from "./text-field";

type State = "asking" | "working" | "changed" | "wrong" | "tooShort" | "failed";

/** Who one is, the way out, and another password. */
export function OwnAccount({ visitor }: { visitor: Visitor }) {
  const t = useI18n().t.accounts;

  async function leave() {
    await signOut();
    window.location.assign("/sign-in");
  }

  return (
    <section className={`${ui.card} ${styles.form}`} aria-labelledby="own-account">
      <div className={styles.bar}>
        <div className={styles.who}>
          <h2 id="own-account">{fill(t.own.signedInAs, { name: visitor.name })}</h2>
          <p className="muted">
            {visitor.email} · {t.roles[visitor.role]}
          </p>
        </div>
        <button className={`${ui.button} ${ui.quiet}`} type="button" data-testid="sign-out" onClick={() => void leave()}>
          {t.own.signOut}
        </button>
      </div>
      <PasswordForm email={visitor.email} />
    </section>
  );
}

function PasswordForm({ email }: { email: string }) {
  const t = useI18n().t.accounts;
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [state, setState] = useState<State>("asking");

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!isPassword(next)) return setState("tooShort");
    setState("working");
    const outcome = await changePassword(current, next);
    setState(outcome);
    if (outcome !== "changed") return;
    setCurrent("");
    setNext("");
  }

  const said: Partial<Record<State, string>> = {
    changed: t.own.changed,
    wrong: t.own.wrongCurrent,
    tooShort: t.problems["invalid-password"],
    failed: t.problems.failed,
  };
  return (
    <details>
      <summary>{t.own.passwordTitle}</summary>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        {/* So that a password store knows whose it is. */}
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <TextField
          name="current"
          type="password"
          label={t.own.current}
          autoComplete="current-password"
          value={current}
          isWrong={state === "wrong"}
          onChange={setCurrent}
        />
        <TextField
          name="next"
          type="password"
          label={t.own.next}
          autoComplete="new-password"
          maxLength={PASSWORD_MAX_CHARS}
          hint={fill(t.fields.passwordHint, { count: PASSWORD_MIN_CHARS })}
          value={next}
          isWrong={state === "tooShort"}
          onChange={setNext}
        />
        {said[state] !== undefined && (
          <p className={ui.notice} data-tone={state === "changed" ? "good" : "bad"} role="status" data-testid="password-said">
            {said[state]}
          </p>
        )}
        <div>
          <button className={ui.button} type="submit" data-testid="change-password" disabled={state === "working"}>
            {t.own.change}
          </button>
        </div>
      </form>
    </details>
  );
}
