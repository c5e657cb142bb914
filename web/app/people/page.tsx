import type { Metadata } from "next";
import Link from "next/link";

import { PeopleList } from "@/components/people-list";
import { PeopleSearch } from "@/components/people/people-search";
import styles from "@/components/people/people-search.module.css";
import ui from "@/components/ui.module.css";
import { dictionary, fill, plural } from "@/lib/i18n";
import { pageQuery } from "@/lib/page-query";
import { PEOPLE_SHOWN, peopleAddress, peopleFound, readPeopleSearch } from "@/lib/people-search";
import { everybody } from "@/lib/people-service";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).people.title };
}

/** Who can be recognised, or those of them whom the address looks for. */
export default async function PeoplePage({ searchParams }: PageProps<"/people">) {
  const [locale, { people, relayReachable }, asked] = await Promise.all([visitorLocale(), everybody(), searchParams]);
  const search = readPeopleSearch(pageQuery(asked));
  const found = peopleFound(people, search.text);
  const shown = found.slice(0, search.shown);
  const { people: t, person: texts } = dictionary(locale);
  return (
    <>
      <div className="page-head">
        <h1>{t.title}</h1>
        <p className={styles.buttons}>
          <Link className={`${ui.button} ${ui.quiet}`} href="/people/import" data-testid="people-import">
            {texts.search.import}
          </Link>
          {people.length > 0 && (
            <Link className={ui.button} href="/people/new" data-testid="people-add">
              {t.add}
            </Link>
          )}
        </p>
      </div>
      {!relayReachable && (
        <p className={`${ui.notice} ${ui.spaced}`} data-tone="warn" role="status" data-testid="people-relay-down">
          {t.relayDown}
        </p>
      )}
      {people.length > 0 && (
        <>
          <PeopleSearch text={search.text} />
          <p className={`${styles.count} muted small`} role="status" data-testid="people-count" data-count={found.length}>
            {shown.length < found.length
              ? fill(texts.search.shownOf, { shown: shown.length, count: found.length })
              : plural(texts.search.found, found.length)}
          </p>
        </>
      )}
      {found.length > 0 && <PeopleList people={shown} relayReachable={relayReachable} />}
      {shown.length < found.length && (
        <p className={styles.more}>
          <Link
            className={`${ui.button} ${ui.quiet}`}
            href={peopleAddress({ ...search, shown: search.shown + PEOPLE_SHOWN })}
            scroll={false}
            data-testid="people-more"
          >
            {texts.search.more}
          </Link>
        </p>
      )}
      {people.length > 0 && found.length === 0 && (
        <div className={`${ui.card} ${ui.empty}`} data-testid="people-none-fit">
          <h2>{texts.search.nobody}</h2>
          <p className="muted">{texts.search.nobodyHint}</p>
          <Link className={`${ui.button} ${ui.quiet}`} href="/people">
            {texts.search.clear}
          </Link>
        </div>
      )}
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
