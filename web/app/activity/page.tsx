import type { Metadata } from "next";
import Link from "next/link";

import styles from "@/components/account/account.module.css";
import { LocalTime } from "@/components/time";
import ui from "@/components/ui.module.css";
import { AUDIT_PAGE, listAudit } from "@/db/audit-log";
import { database } from "@/db/database";
import { dictionary } from "@/lib/i18n";
import { pageQuery } from "@/lib/page-query";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).accounts.activity.title };
}

/** Who did what, newest first. */
export default async function ActivityPage({ searchParams }: PageProps<"/activity">) {
  const [locale, query, db] = await Promise.all([visitorLocale(), searchParams, database()]);
  const before = Number(pageQuery(query).get("before"));
  const isPaged = Number.isSafeInteger(before) && before > 0;
  const entries = await listAudit(db, isPaged ? before : undefined);
  const t = dictionary(locale).accounts.activity;
  const last = entries.at(-1);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{t.title}</h1>
          <p className="lead">{t.intro}</p>
        </div>
      </div>
      {entries.length === 0 ? (
        <p className={`${ui.card} ${ui.empty}`}>{t.empty}</p>
      ) : (
        <ul className={`${ui.card} ${ui.flush} ${styles.entries}`}>
          {entries.map(({ id, occurredAt, actorName, action, targetName }) => (
            <li key={id} className={styles["entry-line"]} data-testid="activity" data-action={action}>
              <span className="muted small">
                <LocalTime iso={occurredAt.toISOString()} />
              </span>
              <span>
                <strong>{actorName ?? t.app}</strong> {t.actions[action]}{" "}
                {targetName !== null && <b>{targetName}</b>}
                {/* Of whoever was enrolled the name is there until they are forgotten. */}
                {action === "person.enrolled" && targetName === null && t.forgotten}
              </span>
            </li>
          ))}
        </ul>
      )}
      <nav className={styles.pages}>
        {isPaged && <Link href="/activity">{t.newest}</Link>}
        {last !== undefined && entries.length === AUDIT_PAGE && (
          <Link href={`/activity?before=${last.sequence}`}>{t.older}</Link>
        )}
      </nav>
    </>
  );
}
