"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { callAccounts } from "@/lib/accounts/calls";
import type { AccountProblem } from "@/lib/accounts/new-account";
import { ROLES, roleOf, type Role } from "@/lib/accounts/access";
import type { AccountLine } from "@/lib/accounts/service";
import { fill } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import { LocalTime } from "../time";
import ui from "../ui.module.css";
import { AccountDialog, type AccountAsked } from "./account-dialog";
import styles from "./account.module.css";

/** Everybody who may use the app, for an admin. */
export function AccountsCard({ accounts, own }: { accounts: readonly AccountLine[]; own: string }) {
  const t = useI18n().t.accounts;
  const router = useRouter();
  const [asked, setAsked] = useState<AccountAsked | null>(null);
  const [problem, setProblem] = useState<AccountProblem | null>(null);

  async function changeRole(id: string, role: Role) {
    setProblem(await callAccounts("PATCH", [id], { role }));
    router.refresh();
  }

  function close(isDone: boolean) {
    setAsked(null);
    setProblem(null);
    if (isDone) router.refresh();
  }

  return (
    <section className={ui.card} aria-labelledby="accounts">
      <div className={styles.bar}>
        <div>
          <h2 id="accounts">{t.all.title}</h2>
          <p className="muted">{t.all.intro}</p>
        </div>
        <button className={ui.button} type="button" data-testid="account-add" onClick={() => setAsked({ kind: "add" })}>
          {t.all.add}
        </button>
      </div>
      {problem !== null && (
        <p className={ui.notice} data-tone="bad" role="alert" data-testid="accounts-problem" data-problem={problem}>
          {t.problems[problem]}
        </p>
      )}
      <ul className={styles.list}>
        {accounts.map((account) => (
          <li key={account.id} className={styles.account} data-testid="account" data-email={account.email}>
            <div className={styles.who}>
              <strong>
                {account.name} {account.id === own && <span className={ui.badge}>{t.all.you}</span>}
              </strong>
              <span className="muted small">{account.email}</span>
              <span className="muted small">
                <Since iso={account.createdAt} />
              </span>
            </div>
            <div className={styles.actions}>
              <span className={styles.field}>
                <select
                  aria-label={`${t.fields.role}: ${account.name}`}
                  value={account.role}
                  disabled={account.id === own}
                  onChange={(event) => void changeRole(account.id, roleOf(event.target.value))}
                >
                  {ROLES.map((role) => (
                    <option key={role} value={role}>
                      {t.roles[role]}
                    </option>
                  ))}
                </select>
              </span>
              {account.id !== own && (
                <>
                  <button
                    className={`${ui.button} ${ui.quiet} ${ui.compact}`}
                    type="button"
                    onClick={() => setAsked({ kind: "password", account })}
                  >
                    {t.all.newPassword}
                    <span className="visually-hidden"> {account.name}</span>
                  </button>
                  <button
                    className={`${ui.button} ${ui.quiet} ${ui.compact}`}
                    type="button"
                    data-testid="account-remove"
                    onClick={() => setAsked({ kind: "remove", account })}
                  >
                    {t.all.remove}
                    <span className="visually-hidden"> {account.name}</span>
                  </button>
                </>
              )}
            </div>
          </li>
        ))}
      </ul>
      <p>
        <Link href="/activity">{t.all.activity}</Link>
      </p>
      {asked !== null && <AccountDialog asked={asked} onClose={close} />}
    </section>
  );
}

/** The date inside its sentence. */
function Since({ iso }: { iso: string }) {
  const { since } = useI18n().t.accounts.all;
  const [before, after] = fill(since, { date: "\u0000" }).split("\u0000");
  return (
    <>
      {before}
      <LocalTime iso={iso} day="only" />
      {after}
    </>
  );
}
