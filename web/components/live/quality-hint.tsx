"use client";

import type { Face } from "rostro";
import { useLabels } from "rostro/react";

import { useI18n } from "../i18n-provider";
import styles from "./live-view.module.css";

/** What the person in front of the camera could do better. */
export function QualityHint({ face }: { face: Face | undefined }) {
  const { locale } = useI18n();
  const labels = useLabels(locale);
  const hint = face?.quality.hints[0];
  return (
    <p className={styles.hint} aria-live="polite" data-testid="quality-hint" data-hint={hint ?? ""}>
      {hint !== undefined && labels.faults[hint]}
    </p>
  );
}
