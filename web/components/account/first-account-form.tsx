"use client";

import { useEffect, useState, type FormEvent } from "react";

import { callAccounts, signIn } from "@/lib/accounts/calls";
import { PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS, type AccountProblem } from "@/lib/accounts/new-account";
import { fill } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import styles from "./account.module.css";
import { TextField } from "./text-field";

/** Makes the first account and signs in with it. */
export function FirstAccountForm({ asksForCode }: { asksForCode: boolean }) {
  const t = useI18n().t.accounts;
  const [given, setGiven] = useState({ name: "", email: "", password: "", code: "" });
  const [state, setState] = useState<"asking" | "working" | AccountProblem>("asking");

  useEffect(() => {
    // After the `#`, which browsers send to nobody.
    const code = new URLSearchParams(window.location.hash.slice(1)).get("code");
    if (code === null) return;
    setGiven((before) => ({ ...before, code }));
    window.history.replaceState(null, "", window.location.pathname);
  }, []);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setState("working");
    const problem = await callAccounts("POST", ["first"], given);
    if (problem !== null) return setState(problem);
    const outcome = await signIn(given.email, given.password);
    window.location.assign(outcome === "signed-in" ? "/" : "/sign-in");
  }

  const field = (name: keyof typeof given) => ({
    name,
    value: given[name],
    onChange: (value: string) => setGiven({ ...given, [name]: value }),
  });
  return (
    <form className={`${ui.card} ${styles.form}`} onSubmit={(event) => void submit(event)}>
      <TextField {...field("name")} label={t.fields.name} autoComplete="name" isWrong={state === "invalid-name"} />
      <TextField
        {...field("email")}
        type="email"
        label={t.fields.email}
        autoComplete="username"
        isWrong={state === "invalid-email"}
      />
      <TextField
        {...field("password")}
        type="password"
        label={t.fields.password}
        autoComplete="new-password"
        maxLength={PASSWORD_MAX_CHARS}
        hint={fill(t.fields.passwordHint, { count: PASSWORD_MIN_CHARS })}
        isWrong={state === "invalid-password"}
      />
      {asksForCode && (
        <TextField
          {...field("code")}
          label={t.welcome.code}
          autoComplete="off"
          hint={t.welcome.codeHint}
          isWrong={state === "wrong-code"}
        />
      )}
      {state !== "asking" && state !== "working" && (
        <p className={ui.notice} data-tone="bad" role="alert" data-testid="account-problem" data-problem={state}>
          {t.problems[state]}
        </p>
      )}
      <button className={ui.button} type="submit" data-testid="first-account" disabled={state === "working"}>
        {state === "working" ? t.signIn.working : t.welcome.submit}
      </button>
    </form>
  );
}
