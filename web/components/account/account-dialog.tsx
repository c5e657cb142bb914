"use client";

import { useId, useState, type FormEvent } from "react";

import { callAccounts } from "@/lib/accounts/calls";
import { ROLES, roleOf } from "@/lib/accounts/access";
import { PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS, type AccountProblem } from "@/lib/accounts/new-account";
import type { AccountLine } from "@/lib/accounts/service";
import { fill } from "@/lib/i18n";

import dialogStyles from "../dialog.module.css";
import { useI18n } from "../i18n-provider";
import { Modal } from "../modal";
import ui from "../ui.module.css";
import styles from "./account.module.css";
import { TextField } from "./text-field";

/** What is to be done. */
export type AccountAsked = { kind: "add" } | { kind: "password" | "remove"; account: AccountLine };

/** Asks for what it takes, and does it; `isDone` says whether it was. */
export function AccountDialog({ asked, onClose }: { asked: AccountAsked; onClose: (isDone: boolean) => void }) {
  const t = useI18n().t.accounts;
  const id = useId();
  const [given, setGiven] = useState({ name: "", email: "", password: "", role: roleOf(null) });
  const [state, setState] = useState<"asking" | "working" | AccountProblem>("asking");

  async function submit(event: FormEvent) {
    event.preventDefault();
    setState("working");
    const problem = await done();
    if (problem === null) onClose(true);
    else setState(problem);
  }

  function done(): Promise<AccountProblem | null> {
    if (asked.kind === "add") return callAccounts("POST", [], given);
    if (asked.kind === "remove") return callAccounts("DELETE", [asked.account.id]);
    return callAccounts("PATCH", [asked.account.id], { password: given.password });
  }

  const title =
    asked.kind === "add"
      ? t.all.add
      : fill(asked.kind === "remove" ? t.all.removeTitle : t.all.passwordFor, { name: asked.account.name });
  return (
    <Modal labelledBy={id} testId="account-dialog" onClose={() => onClose(false)}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{title}</h2>
        {asked.kind !== "add" && (
          <p className="muted">{asked.kind === "remove" ? t.all.removeText : t.all.passwordText}</p>
        )}
        {asked.kind === "add" && (
          <>
            <TextField
              name="new-name"
              label={t.fields.name}
              autoComplete="off"
              value={given.name}
              isWrong={state === "invalid-name"}
              onChange={(name) => setGiven({ ...given, name })}
            />
            <TextField
              name="new-email"
              type="email"
              label={t.fields.email}
              autoComplete="off"
              value={given.email}
              isWrong={state === "invalid-email" || state === "email-taken"}
              onChange={(email) => setGiven({ ...given, email })}
            />
            <div className={styles.field}>
              <label htmlFor={`${id}-role`}>{t.fields.role}</label>
              <select
                id={`${id}-role`}
                value={given.role}
                onChange={(event) => setGiven({ ...given, role: roleOf(event.target.value) })}
              >
                {ROLES.toReversed().map((role) => (
                  <option key={role} value={role}>
                    {t.rolesLong[role]}
                  </option>
                ))}
              </select>
            </div>
          </>
        )}
        {asked.kind !== "remove" && (
          <TextField
            name="new-password"
            type="password"
            label={t.fields.password}
            autoComplete="new-password"
            maxLength={PASSWORD_MAX_CHARS}
            hint={fill(t.fields.passwordHint, { count: PASSWORD_MIN_CHARS })}
            value={given.password}
            isWrong={state === "invalid-password"}
            onChange={(password) => setGiven({ ...given, password })}
          />
        )}
        {state !== "asking" && state !== "working" && (
          <p className={ui.notice} data-tone="bad" role="alert" data-testid="account-problem" data-problem={state}>
            {t.problems[state]}
          </p>
        )}
        <div className={dialogStyles.actions}>
          <button className={`${ui.button} ${ui.quiet}`} type="button" onClick={() => onClose(false)}>
            {t.all.cancel}
          </button>
          <button
            className={`${ui.button} ${asked.kind === "remove" ? ui.danger : ""}`}
            type="submit"
            data-testid="account-confirm"
            disabled={state === "working"}
          >
            {asked.kind === "remove" ? t.all.remove : t.all.save}
          </button>
        </div>
      </form>
    </Modal>
  );
}
