"use client";

import { fill } from "@/lib/i18n";
import { MEASURED, outOf } from "@/lib/measured";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import styles from "./status.module.css";

/** How exact and how fast recognition was when it was measured, in plain words. */
export function MeasuredCard() {
  const { locale, t } = useI18n();
  const { measured } = t.relayStatus;
  const number = (value: number, digits = 0) =>
    value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const figures = [
    { key: "pairs", figure: fill(measured.outOf, { count: outOf(MEASURED.pairsRight.value, 1000), whole: number(1000) }) },
    { key: "gallery", figure: fill(measured.outOf, { count: outOf(1 - MEASURED.missedOf100People.value, 1000), whole: number(1000) }) },
    { key: "found", figure: fill(measured.outOf, { count: outOf(MEASURED.foundAtOneIn10000.value, 100), whole: number(100) }) },
    { key: "warm", figure: fill(measured.seconds, { count: number(MEASURED.firstFaceWarmSeconds.value, 1) }) },
    { key: "cold", figure: fill(measured.seconds, { count: number(MEASURED.firstFaceColdSeconds.value, 1) }) },
    { key: "frames", figure: fill(measured.perSecond, { count: Math.floor(MEASURED.framesPerSecond.value) }) },
  ] as const;
  return (
    <section className={`${ui.card} ${styles.card}`} data-testid="measured">
      <h2>{measured.title}</h2>
      <p className="muted">{measured.text}</p>
      <dl className={styles.figures}>
        {figures.map(({ key, figure }) => (
          <div key={key}>
            <dt>{measured.figures[key]}</dt>
            <dd className="numeric">{figure}</dd>
          </div>
        ))}
      </dl>
      <p className="muted small">{measured.source}</p>
    </section>
  );
}

/** What nobody may expect of it. */
export function LimitsCard() {
  const { t } = useI18n();
  const { limits } = t.relayStatus;
  const blurred = outOf(MEASURED.blurredPairsRight.value, 1000);
  return (
    <section className={`${ui.card} ${styles.card}`} data-testid="limits">
      <h2>{limits.title}</h2>
      <ul className={styles.limits}>
        <li>
          <strong>{limits.liveness}</strong> {limits.livenessText}
        </li>
        <li>
          <strong>{limits.proof}</strong> {limits.proofText}
        </li>
        <li>
          <strong>{limits.worse}</strong> {fill(limits.worseText, { count: blurred })}
        </li>
        <li>
          <strong>{limits.elsewhere}</strong> {limits.elsewhereText}
        </li>
      </ul>
    </section>
  );
}
