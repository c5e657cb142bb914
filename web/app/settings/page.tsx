import type { Metadata } from "next";

import { CorrectableCard } from "@/components/settings/correctable-card";
import { InUseCard } from "@/components/settings/in-use-card";
import styles from "@/components/settings/settings.module.css";
import { StrictnessCard } from "@/components/settings/strictness-card";
import { SnapshotsCard } from "@/components/settings/snapshots-card";
import { UpgradeCard } from "@/components/settings/upgrade-card";
import ui from "@/components/ui.module.css";
import { dictionary } from "@/lib/i18n";
import { relayChoices } from "@/lib/relay-choices-service";
import { relayHealth } from "@/lib/relay-health-service";
import { snapshotPolicy } from "@/lib/snapshots/service";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).relaySettings.title };
}

/** What the operator chooses for everybody. */
export default async function SettingsPage() {
  const [locale, choices, health, snapshots] = await Promise.all([
    visitorLocale(),
    relayChoices(),
    relayHealth(),
    snapshotPolicy(),
  ]);
  const t = dictionary(locale).relaySettings;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{t.title}</h1>
          <p className="lead">{t.intro}</p>
        </div>
      </div>
      <div className={styles.cards}>
        {choices === null ? (
          <p className={ui.notice} data-tone="warn" role="status" data-testid="settings-relay-down">
            {t.relayDown}
          </p>
        ) : (
          <>
            <StrictnessCard chosen={choices.settings.stranger_named_one_in} />
            <CorrectableCard days={choices.settings.correctable_days} />
          </>
        )}
        <SnapshotsCard policy={snapshots} />
        {choices !== null && (
          <>
            <UpgradeCard status={choices.upgrades} />
            <InUseCard locale={locale} models={health?.models ?? []} limits={choices.settings.limits} />
          </>
        )}
      </div>
    </>
  );
}
