"use client";

import { useId, useState, type FormEvent } from "react";

import { useSaving } from "@/hooks/use-saving";
import { SNAPSHOT_CHOICES, SNAPSHOT_DAYS_MAX, type SnapshotPolicy } from "@/lib/snapshots/policy";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import { SavingNote } from "./saving-note";
import styles from "./settings.module.css";

/** Whether pictures of faces are kept with the events, of whom and for how long. */
export function SnapshotsCard({ policy }: { policy: SnapshotPolicy }) {
  const { t } = useI18n();
  const id = useId();
  const { state, save } = useSaving();
  const [draft, setDraft] = useState({ of: policy.of, days: String(policy.days) });
  const { setting } = t.snapshots;
  const isInRange = /^\d{1,2}$/u.test(draft.days) && Number(draft.days) >= 1 && Number(draft.days) <= SNAPSHOT_DAYS_MAX;
  const isValid = isInRange || draft.of === "off";
  const days = isInRange ? Number(draft.days) : policy.days;
  const isAsBefore = draft.of === policy.of && days === policy.days;

  function submit(event: FormEvent) {
    event.preventDefault();
    void save("/api/settings/snapshots", "PUT", { of: draft.of, days });
  }

  return (
    <section className={ui.card}>
      <form className={styles.form} onSubmit={submit}>
        <fieldset className={styles.choices} data-testid="snapshots" data-chosen={policy.of}>
          <legend>{setting.title}</legend>
          <p className="muted">{setting.text}</p>
          {SNAPSHOT_CHOICES.map((choice) => (
            <div key={choice} className={styles.choice}>
              <input
                id={`${id}-${choice}`}
                type="radio"
                name={id}
                checked={draft.of === choice}
                aria-describedby={`${id}-${choice}-text`}
                data-testid={`snapshots-${choice}`}
                onChange={() => setDraft({ ...draft, of: choice })}
              />
              <label htmlFor={`${id}-${choice}`}>{setting.choices[choice].label}</label>
              <p id={`${id}-${choice}-text`} className="muted small">
                {setting.choices[choice].text}
              </p>
            </div>
          ))}
        </fieldset>
        {draft.of !== "off" && (
          <>
            <p className={styles.days}>
              <label htmlFor={`${id}-days`}>{setting.days}</label>
              <input
                id={`${id}-days`}
                type="number"
                inputMode="numeric"
                min={1}
                max={SNAPSHOT_DAYS_MAX}
                step={1}
                required
                value={draft.days}
                aria-invalid={!isValid}
                aria-describedby={`${id}-effect`}
                data-testid="snapshots-days"
                onChange={(event) => setDraft({ ...draft, days: event.target.value })}
              />
              <span>{setting.daysUnit}</span>
            </p>
            <p className="muted small" id={`${id}-effect`} aria-live="polite">
              {isValid ? setting.effect : setting.invalid}
            </p>
          </>
        )}
        <div className={styles.save}>
          <button
            className={ui.button}
            type="submit"
            data-testid="snapshots-save"
            disabled={!isValid || isAsBefore || state === "saving"}
          >
            {t.relaySettings.save}
          </button>
          <SavingNote state={state} />
        </div>
      </form>
    </section>
  );
}
