import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";

import { ForgetPerson } from "@/components/people/forget-person";
import styles from "@/components/people/person.module.css";
import { PersonStrictness } from "@/components/people/person-strictness";
import { Samples } from "@/components/people/samples";
import { Sightings } from "@/components/people/sightings";
import { LocalTime } from "@/components/time";
import ui from "@/components/ui.module.css";
import { dictionary, type Dictionary } from "@/lib/i18n";
import type { PersonLine } from "@/lib/people";
import { personShown } from "@/lib/person-service";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).people.title };
}

/** One person: what is known of them, their samples, when they were seen, and what can be done. */
export default async function PersonPage({ params }: PageProps<"/people/[id]">) {
  const [locale, { id }] = await Promise.all([visitorLocale(), params]);
  const shown = await personShown(decodeURIComponent(id));
  if (shown === "unknown") notFound();
  const t = dictionary(locale);
  if (shown === "relay-down") {
    return (
      <>
        <Head title={t.people.title} back={t.person.back} />
        <RelayDown text={t.person.relayDown} />
      </>
    );
  }
  const { person, samples, sightings, relayReachable } = shown;
  const { relayId, key, name } = person;
  return (
    <>
      <Head title={name} back={t.person.back} />
      {!relayReachable && <RelayDown text={t.person.relayDown} />}
      <div className={styles.layout}>
        <div className={styles.column}>
          <section className={`${ui.card} ${styles.section}`} aria-labelledby="samples">
            <div className={styles.head}>
              <h2 id="samples">{t.person.samples.title}</h2>
              <Link
                className={`${ui.button} ${ui.compact}`}
                href={{ pathname: "/people/new", query: { name } }}
                data-testid="person-add-samples"
              >
                {samples.length === 0 ? t.person.samples.enrol : t.person.samples.add}
              </Link>
            </div>
            {samples.length === 0 ? (
              <p className="muted" data-testid="samples-none">
                {t.person.samples.none}
              </p>
            ) : (
              <>
                <p className="muted small">{t.person.samples.text}</p>
                <Samples personKey={key} name={name} samples={samples} />
              </>
            )}
          </section>
          <section className={`${ui.card} ${styles.section}`} aria-labelledby="sightings">
            <h2 id="sightings">{t.person.sightings.title}</h2>
            <Sightings name={name} sightings={sightings} />
          </section>
        </div>
        <div className={styles.column}>
          <section className={`${ui.card} ${styles.section}`} aria-labelledby="details">
            <h2 id="details">{t.person.details}</h2>
            <Details person={person} t={t} />
          </section>
          {relayReachable && relayId !== null && (
            <section className={`${ui.card} ${styles.section}`} aria-labelledby="strictness">
              <h2 id="strictness">{t.person.strictness.title}</h2>
              <p className="muted small">{t.person.strictness.text}</p>
              <PersonStrictness relayId={relayId} name={name} chosen={person.strangerNamedOneIn} />
            </section>
          )}
          <section className={`${ui.card} ${styles.section}`} aria-labelledby="forgetting">
            <h2 id="forgetting">{t.person.forgetTitle}</h2>
            <p className="muted small">{t.person.forgetText}</p>
            <p>
              <ForgetPerson person={person} disabled={!relayReachable} />
            </p>
          </section>
        </div>
      </div>
    </>
  );
}

function Head({ title, back }: { title: string; back: string }) {
  return (
    <div className="page-head">
      <div>
        <p className="crumb small">
          <Link href="/people">← {back}</Link>
        </p>
        <h1 className={styles.title} data-testid="person-name">
          {title}
        </h1>
      </div>
    </div>
  );
}

function RelayDown({ text }: { text: string }) {
  return (
    <p className={`${ui.notice} ${ui.spaced}`} data-tone="warn" role="status" data-testid="person-relay-down">
      {text}
    </p>
  );
}

function Details({ person, t }: { person: PersonLine; t: Dictionary }) {
  const { unit, kind, document, email, createdAt } = person;
  const facts = [
    [t.people.unit, unit],
    [t.people.kind, kind],
    [t.people.document, document],
    [t.people.email, email],
  ].filter(([, value]) => value !== null);
  return (
    <>
      {facts.length === 0 && <p className="muted">{t.person.noDetails}</p>}
      <dl className={styles.facts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>{t.person.since}</dt>
          <dd>
            <LocalTime iso={createdAt} day="only" />
          </dd>
        </div>
      </dl>
    </>
  );
}
