"use client";

import { useId, useState, type ReactNode } from "react";

import type { SavingState } from "@/hooks/use-saving";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import { SavingNote } from "./saving-note";
import styles from "./settings.module.css";

interface ChoiceListProps<V extends string | number> {
  legend: string;
  /** Said below the title, above the choices. */
  children?: ReactNode;
  choices: readonly { value: V; label: string; text: string }[];
  /** What is in force; `null` where nobody chose. */
  chosen: V | null;
  /** What is marked where nobody chose. */
  preset: V;
  testId: string;
  state: SavingState;
  onSave: (value: V) => void;
}

/** A choice of one, each with what it means, and a button: nothing is changed by the way. */
export function ChoiceList<V extends string | number>(props: ChoiceListProps<V>) {
  const { legend, children, choices, chosen, preset, testId, state, onSave } = props;
  const { t } = useI18n();
  const id = useId();
  const [draft, setDraft] = useState<V | null>(null);
  const marked = draft ?? chosen ?? preset;
  return (
    <fieldset className={styles.choices} data-testid={testId} data-chosen={chosen ?? "none"}>
      <legend>{legend}</legend>
      {children}
      {choices.map(({ value, label, text }) => (
        <div key={value} className={styles.choice}>
          <input
            id={`${id}-${value}`}
            type="radio"
            name={id}
            checked={marked === value}
            aria-describedby={`${id}-${value}-text`}
            data-testid={`${testId}-${value}`}
            onChange={() => setDraft(value)}
          />
          <label htmlFor={`${id}-${value}`}>{label}</label>
          <p id={`${id}-${value}-text`} className="muted small">
            {text}
          </p>
        </div>
      ))}
      <div className={styles.save}>
        <button
          className={ui.button}
          type="button"
          data-testid={`${testId}-save`}
          disabled={marked === chosen || state === "saving"}
          onClick={() => onSave(marked)}
        >
          {t.relaySettings.save}
        </button>
        <SavingNote state={state} />
      </div>
    </fieldset>
  );
}
