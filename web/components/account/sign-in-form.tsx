"use client";

import { useState, type FormEvent } from "react";

import { signIn, type SignInOutcome } from "@/lib/accounts/calls";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import styles from "./account.module.css";
import { TextField } from "./text-field";

/** Asks for address and password; `next` is opened then. */
export function SignInForm({ next }: { next: string }) {
  const t = useI18n().t.accounts;
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [state, setState] = useState<"asking" | "working" | Exclude<SignInOutcome, "signed-in">>("asking");

  async function submit(event: FormEvent) {
    event.preventDefault();
    setState("working");
    const outcome = await signIn(email, password);
    // The whole page anew: it was made for somebody who has not signed in.
    if (outcome === "signed-in") window.location.assign(next);
    else setState(outcome);
  }

  return (
    <form className={`${ui.card} ${styles.form}`} onSubmit={(event) => void submit(event)}>
      <TextField
        name="email"
        type="email"
        label={t.fields.email}
        autoComplete="username"
        value={email}
        isWrong={state === "wrong"}
        onChange={setEmail}
      />
      <TextField
        name="password"
        type="password"
        label={t.fields.password}
        autoComplete="current-password"
        value={password}
        isWrong={state === "wrong"}
        onChange={setPassword}
      />
      {state !== "asking" && state !== "working" && (
        <p className={ui.notice} data-tone="bad" role="alert" data-testid="sign-in-problem" data-problem={state}>
          {t.signIn[state]}
        </p>
      )}
      <button className={ui.button} type="submit" data-testid="sign-in" disabled={state === "working"}>
        {state === "working" ? t.signIn.working : t.signIn.submit}
      </button>
      <p className="muted small">{t.signIn.forgotten}</p>
    </form>
  );
}
