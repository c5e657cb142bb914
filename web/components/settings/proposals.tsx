"use client";

import type { UpgradeDecision, UpgradeProposal } from "rostro/relay";

import { useSaving } from "@/hooks/use-saving";
import { fill } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import { LocalTime } from "../time";
import ui from "../ui.module.css";
import { SavingNote } from "./saving-note";
import styles from "./settings.module.css";

/** Sightings that may become encodings; nothing where none waits. */
export function Proposals({ proposals }: { proposals: readonly UpgradeProposal[] }) {
  const { t } = useI18n();
  const { state, save } = useSaving();
  const { upgrade } = t.relaySettings;
  if (proposals.length === 0) return null;
  const decide = (id: number, decision: UpgradeDecision) => void save(`/api/upgrades/${id}`, "POST", { decision });
  return (
    <div className={styles.proposals}>
      <h3>{upgrade.proposals}</h3>
      <p className="muted small">{upgrade.proposalsText}</p>
      <ul>
        {proposals.map(({ id, name, seen_at }) => (
          <li key={id} data-testid="proposal" data-name={name}>
            <span>
              <strong>{name}</strong>
              <span className="muted small">
                {" "}
                <LocalTime iso={seen_at} />
              </span>
            </span>
            <span className={styles.answers}>
              <button
                className={`${ui.button} ${ui.compact}`}
                type="button"
                aria-label={fill(upgrade.acceptNamed, { name })}
                data-testid="proposal-accept"
                disabled={state === "saving"}
                onClick={() => decide(id, "accept")}
              >
                {upgrade.accept}
              </button>
              <button
                className={`${ui.button} ${ui.quiet} ${ui.compact}`}
                type="button"
                aria-label={fill(upgrade.refuseNamed, { name })}
                data-testid="proposal-refuse"
                disabled={state === "saving"}
                onClick={() => decide(id, "refuse")}
              >
                {upgrade.refuse}
              </button>
            </span>
          </li>
        ))}
      </ul>
      <SavingNote state={state} />
    </div>
  );
}
