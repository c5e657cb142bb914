"use client";

import type { SavingState } from "@/hooks/use-saving";

import { useI18n } from "../i18n-provider";
import styles from "./settings.module.css";

/** Says what became of a change. Its place is there before it says anything. */
export function SavingNote({ state }: { state: SavingState }) {
  const { t } = useI18n();
  const { saving } = t.relaySettings;
  const tone = state === "saved" ? "good" : state === "idle" || state === "saving" ? "muted" : "bad";
  return (
    <span className={styles.note} data-tone={tone} role="status" data-testid="saving" data-state={state}>
      {state === "idle" ? "" : saving[state]}
    </span>
  );
}
