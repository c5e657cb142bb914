"use client";

import dynamic from "next/dynamic";

import { hourName, sums, type HourCount } from "@/lib/hours";
import { fill } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import { useInBrowser } from "../time";
import ui from "../ui.module.css";
import styles from "./status.module.css";

/**
 * Only in the browser: the server knows neither the visitor's hours nor the card's width, and the inline styles that it
 * would write are refused by the page's policy.
 */
const HoursChart = dynamic(() => import("./hours-chart").then(({ HoursChart: chart }) => chart), {
  ssr: false,
  loading: () => <div className={styles.chart} aria-hidden="true" />,
});

/** The faces of the last day, by the hour: drawn, and as a table. */
export function HoursCard({ hours }: { hours: HourCount[] }) {
  const { locale, t } = useI18n();
  const { relayStatus } = t;
  const { known, unknown } = sums(hours);
  const summary = fill(relayStatus.hoursSummary, {
    known: known.toLocaleString(locale),
    unknown: unknown.toLocaleString(locale),
  });
  return (
    <section className={`${ui.card} ${styles.card}`} data-testid="hours" data-known={known} data-unknown={unknown}>
      <h2>{relayStatus.hoursTitle}</h2>
      <p className="muted">{summary}</p>
      {known + unknown > 0 && (
        <>
          <HoursChart hours={hours} />
          <HoursTable hours={hours} />
        </>
      )}
    </section>
  );
}

function HoursTable({ hours }: { hours: HourCount[] }) {
  const { locale, t } = useI18n();
  const inBrowser = useInBrowser();
  const { relayStatus } = t;
  return (
    <details className={styles.table}>
      <summary>{relayStatus.asTable}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{relayStatus.hour}</th>
            <th scope="col">{relayStatus.known}</th>
            <th scope="col">{relayStatus.unknown}</th>
          </tr>
        </thead>
        <tbody>
          {hours
            .filter(({ known, unknown }) => known + unknown > 0)
            .map(({ hour, known, unknown }) => (
              <tr key={hour}>
                <th scope="row" className="numeric">
                  {inBrowser ? hourName(hour, locale) : ""}
                </th>
                <td className="numeric">{known.toLocaleString(locale)}</td>
                <td className="numeric">{unknown.toLocaleString(locale)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </details>
  );
}
