"use client";

import { useId } from "react";

import { useSaving } from "@/hooks/use-saving";
import { fill } from "@/lib/i18n";
import { PERSON_RATES, withChosen } from "@/lib/relay-choices";

import { useI18n } from "../i18n-provider";
import styles from "./person.module.css";
import { SavingNote } from "../settings/saving-note";

interface PersonStrictnessProps {
  relayId: string;
  name: string;
  /** One in so many; `null` for everybody's rate. */
  chosen: number | null;
}

/** How often a stranger may be given this person's name. */
export function PersonStrictness({ relayId, name, chosen }: PersonStrictnessProps) {
  const { locale, t } = useI18n();
  const id = useId();
  const { state, save } = useSaving();
  const { strictness } = t.people;
  return (
    <p className={styles.strictness}>
      <label htmlFor={id} className="muted small">
        {strictness.label}
        <span className="visually-hidden">: {name}</span>
      </label>
      <select
        id={id}
        value={chosen ?? ""}
        disabled={state === "saving"}
        data-testid="person-strictness"
        onChange={({ target }) => {
          const rate = target.value === "" ? null : Number(target.value);
          void save(`/api/people/${encodeURIComponent(relayId)}`, "PATCH", { stranger_named_one_in: rate });
        }}
      >
        <option value="">{strictness.asEverybody}</option>
        {withChosen(PERSON_RATES, chosen).map((rate) => (
          <option key={rate} value={rate}>
            {fill(strictness.oneIn, { count: rate.toLocaleString(locale) })}
          </option>
        ))}
      </select>
      <SavingNote state={state} />
    </p>
  );
}
