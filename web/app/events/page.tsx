import type { Metadata } from "next";

import { EventsFeed } from "@/components/events-feed";
import { database } from "@/db/database";
import { listEvents } from "@/db/detections";
import { dictionary } from "@/lib/i18n";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).events.title };
}

/** What the webhook has stored, and what arrives while the page is open. */
export default async function EventsPage() {
  const [locale, events] = await Promise.all([visitorLocale(), database().then((db) => listEvents(db, {}))]);
  const t = dictionary(locale).events;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{t.title}</h1>
          <p className="lead">{t.intro}</p>
        </div>
      </div>
      <EventsFeed initial={events} />
    </>
  );
}
