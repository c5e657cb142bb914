import type { Metadata } from "next";
import Link from "next/link";

import { PeopleList } from "@/components/people-list";
import ui from "@/components/ui.module.css";
import { dictionary } from "@/lib/i18n";
import { everybody } from "@/lib/people-service";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).people.title };
}

/** Who can be recognised. */
export default async function PeoplePage() {
  const [locale, { people, relayReachable }] = await Promise.all([visitorLocale(), everybody()]);
  const t = dictionary(locale).people;
  return (
    <>
      <div className="page-head">
        <h1>{t.title}</h1>
        {people.length > 0 && (
          <Link className={ui.button} href="/people/new" data-testid="people-add">
            {t.add}
          </Link>
        )}
      </div>
      {!relayReachable && (
        <p className={`${ui.notice} ${ui.spaced}`} data-tone="warn" role="status" data-testid="people-relay-down">
          {t.relayDown}
        </p>
      )}
      {people.length > 0 && <PeopleList people={people} relayReachable={relayReachable} />}
      {people.length === 0 && relayReachable && (
        <div className={`${ui.card} ${ui.empty}`} data-testid="people-empty">
          <h2>{t.empty}</h2>
          <p className="muted">{t.emptyHint}</p>
          <Link className={ui.button} href="/people/new" data-testid="people-add">
            {t.add}
          </Link>
        </div>
      )}
    </>
  );
}
