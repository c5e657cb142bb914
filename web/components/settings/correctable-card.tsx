"use client";

import { useId, useState, type FormEvent } from "react";

import { useSaving } from "@/hooks/use-saving";
import { CORRECTABLE_DAYS_MAX } from "@/lib/relay-choices";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import { SavingNote } from "./saving-note";
import styles from "./settings.module.css";

/** For how many days a wrong name can be corrected. */
export function CorrectableCard({ days }: { days: number }) {
  const { t } = useI18n();
  const id = useId();
  const { state, save } = useSaving();
  const [typed, setTyped] = useState<string | null>(null);
  const { correctable } = t.relaySettings;
  const draft = typed ?? String(days);
  const wished = Number(draft);
  const valid = /^\d{1,3}$/u.test(draft) && wished <= CORRECTABLE_DAYS_MAX;

  function submit(event: FormEvent) {
    event.preventDefault();
    void save("/api/settings", "PUT", { correctable_days: wished });
  }

  return (
    <section className={ui.card}>
      <form className={styles.form} onSubmit={submit}>
        <h2>
          <label htmlFor={id}>{correctable.title}</label>
        </h2>
        <p className="muted" id={`${id}-text`}>
          {correctable.text}
        </p>
        <p className={styles.days}>
          <input
            id={id}
            type="number"
            inputMode="numeric"
            min={0}
            max={CORRECTABLE_DAYS_MAX}
            step={1}
            required
            value={draft}
            aria-invalid={!valid}
            aria-describedby={`${id}-text ${id}-effect`}
            data-testid="correctable-days"
            data-chosen={days}
            onChange={(event) => setTyped(event.target.value)}
          />
          <span>{correctable.days}</span>
        </p>
        <p className="muted small" id={`${id}-effect`} aria-live="polite">
          {!valid && correctable.invalid}
          {valid && wished === 0 && correctable.none}
          {valid && wished > 0 && wished < days && correctable.fewer}
        </p>
        <div className={styles.save}>
          <button
            className={ui.button}
            type="submit"
            data-testid="correctable-save"
            disabled={!valid || wished === days || state === "saving"}
          >
            {t.relaySettings.save}
          </button>
          <SavingNote state={state} />
        </div>
      </form>
    </section>
  );
}
