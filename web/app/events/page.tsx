import type { Metadata } from "next";

import { EventsFeed } from "@/components/events-feed";
import { EventFiltersForm } from "@/components/events/event-filters";
import ui from "@/components/ui.module.css";
import { filtersQuery } from "@/lib/event-filters";
import { eventsFor } from "@/lib/events-service";
import { dictionary, fill } from "@/lib/i18n";
import { pageQuery } from "@/lib/page-query";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).events.title };
}

/** What the webhook has stored and passes the address's filters, and what arrives while the page is open. */
export default async function EventsPage({ searchParams }: PageProps<"/events">) {
  const [locale, asked] = await Promise.all([visitorLocale(), searchParams]);
  const { filters, wrong, cameras, names, initial, live } = await eventsFor(pageQuery(asked));
  const t = dictionary(locale);
  const query = filtersQuery(filters);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{t.events.title}</h1>
          <p className="lead">{t.events.intro}</p>
        </div>
      </div>
      {wrong.length > 0 && (
        <p className={`${ui.notice} ${ui.spaced}`} data-tone="warn" role="status" data-testid="filters-wrong">
          {fill(t.history.wrong, { names: wrong.map((name) => t.history[name]).join(", ") })}
        </p>
      )}
      <EventFiltersForm key={`form?${query}`} filters={filters} cameras={cameras} names={names} />
      <EventsFeed key={query} initial={initial} query={query} live={live} />
    </>
  );
}
