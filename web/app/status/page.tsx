import type { Metadata } from "next";

import { HealthCard } from "@/components/status/health-card";
import { HoursCard } from "@/components/status/hours-card";
import { LimitsCard, MeasuredCard } from "@/components/status/measured-cards";
import styles from "@/components/status/status.module.css";
import { lastDay } from "@/lib/events-service";
import { dictionary } from "@/lib/i18n";
import { relayHealth } from "@/lib/relay-health-service";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).relayStatus.title };
}

/** How the relay is, what was seen in the last day, and what may be expected of recognition. */
export default async function StatusPage() {
  const [locale, health, hours] = await Promise.all([visitorLocale(), relayHealth(), lastDay()]);
  const t = dictionary(locale).relayStatus;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{t.title}</h1>
          <p className="lead">{t.intro}</p>
        </div>
      </div>
      <div className={styles.cards}>
        <HealthCard health={health} />
        <HoursCard hours={hours} />
        <MeasuredCard />
        <LimitsCard />
      </div>
    </>
  );
}
