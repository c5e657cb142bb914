"use client";

import type { UpgradeStatus } from "rostro/relay";

import { useSaving } from "@/hooks/use-saving";
import { fill, plural } from "@/lib/i18n";
import { moved, UPGRADE_POLICIES } from "@/lib/relay-choices";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import { ChoiceList } from "./choice-list";
import { Proposals } from "./proposals";
import styles from "./settings.module.css";

/** How far the move from dlib to SFace is, by which rule it goes on, and what waits for an answer. */
export function UpgradeCard({ status }: { status: UpgradeStatus }) {
  const { t } = useI18n();
  const { state, save } = useSaving();
  const { upgrade } = t.relaySettings;
  const { done, total } = moved(status);
  const anybodyInDlib = status.dlib_only + status.both > 0;
  const policies = UPGRADE_POLICIES.map((policy) => ({ value: policy, ...upgrade.policies[policy] }));
  return (
    <section className={`${ui.card} ${styles.form}`} data-testid="upgrade">
      <h2>{upgrade.title}</h2>
      <p className="muted">{upgrade.text}</p>
      {anybodyInDlib ? (
        <>
          <p className={styles.progress} data-testid="upgrade-progress" data-done={done} data-total={total}>
            {fill(upgrade.progress, { done, total })}
          </p>
          <progress className={ui.meter} aria-label={upgrade.title} max={total} value={done} />
          <dl className={styles.counts}>
            <div>
              <dt>{upgrade.dlibOnly}</dt>
              <dd className="numeric">{status.dlib_only}</dd>
            </div>
            <div>
              <dt>{upgrade.both}</dt>
              <dd className="numeric">{status.both}</dd>
            </div>
            <div>
              <dt>{upgrade.sfaceOnly}</dt>
              <dd className="numeric">{status.sface_only}</dd>
            </div>
            <div>
              <dt>{upgrade.derived}</dt>
              <dd className="numeric">{status.derived_encodings}</dd>
            </div>
          </dl>
        </>
      ) : (
        <p className={ui.notice} data-tone="good" data-testid="upgrade-nothing">
          {upgrade.nothing}
        </p>
      )}
      <ChoiceList
        legend={upgrade.policyTitle}
        choices={policies}
        chosen={UPGRADE_POLICIES.find((policy) => policy === status.policy) ?? "off"}
        preset="off"
        testId="policy"
        state={state}
        onSave={(policy) => void save("/api/settings", "PUT", { upgrade: policy })}
      >
        <p className="muted">{upgrade.policyText}</p>
      </ChoiceList>
      <Proposals proposals={status.proposals} />
      <div className={styles.revoke}>
        <h3>{upgrade.revokeTitle}</h3>
        <p className="muted">{upgrade.revokeText}</p>
        <p>
          <code>rostro upgrade revoke &quot;Ana&quot;</code> <span className="muted small">{upgrade.revokeOne}</span>
        </p>
        <p>
          <code>rostro upgrade revoke</code> <span className="muted small">{upgrade.revokeAll}</span>
        </p>
        {status.derived_encodings > 0 && (
          <p className="muted small">{plural(upgrade.revokeCount, status.derived_encodings)}</p>
        )}
      </div>
    </section>
  );
}
