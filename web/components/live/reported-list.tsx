"use client";

import type { ReportedFaceLine, SendingState } from "rostro/react";

import { useI18n } from "../i18n-provider";
import { Percentage } from "../percentage";
import { LocalTime } from "../time";
import ui from "../ui.module.css";
import styles from "./side.module.css";

const TONES: Record<SendingState, string> = {
  waiting: "info",
  verified: "good",
  mismatch: "warn",
  stored: "info",
  failed: "bad",
};

/** The last people who were reported, newest first. */
export function ReportedList({ lines }: { lines: readonly ReportedFaceLine[] }) {
  const { t } = useI18n();
  return (
    <section className={ui.card} aria-labelledby="results-title">
      <h2 id="results-title">{t.live.results}</h2>
      {lines.length === 0 && <p className="muted small">{t.live.noResults}</p>}
      <ol className={styles.results} aria-live="polite" data-testid="results">
        {lines.map((line) => (
          <li
            key={line.id}
            className={styles.result}
            data-testid="result"
            data-name={line.name ?? ""}
            data-sending={line.sending}
            data-hybrid={line.hybrid}
          >
            <span className={styles.who} data-known={line.name !== null}>
              {line.name ?? t.live.unknown}
            </span>
            <span className="muted small">
              <LocalTime iso={line.seenAt} />
            </span>
            <span className={styles.badges}>
              {line.hybrid && <span className={ui.badge}>{t.live.hybrid}</span>}
              <span className={ui.badge} data-tone={TONES[line.sending]}>
                {t.live.sending[line.sending]}
              </span>
            </span>
            {line.name !== null && (
              <span className={styles.sure}>
                <span className="visually-hidden">{t.live.confidence} </span>
                <Percentage share={line.confidence} />
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
