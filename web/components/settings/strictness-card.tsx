"use client";

import { useSaving } from "@/hooks/use-saving";
import { fill } from "@/lib/i18n";
import { DEFAULT_RATE, RATES, withChosen } from "@/lib/relay-choices";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import { ChoiceList } from "./choice-list";

/** How often a stranger may be given a name. `chosen` is one in so many, `null` where nobody chose. */
export function StrictnessCard({ chosen }: { chosen: number | null }) {
  const { locale, t } = useI18n();
  const { state, save } = useSaving();
  const { strictness } = t.relaySettings;
  const texts: Record<number, string> = strictness.rates;
  const choices = withChosen(RATES, chosen).map((rate) => ({
    value: rate,
    label: fill(strictness.oneIn, { count: rate.toLocaleString(locale) }),
    text: texts[rate] ?? strictness.elsewhere,
  }));
  return (
    <section className={ui.card}>
      <ChoiceList
        legend={strictness.title}
        choices={choices}
        chosen={chosen}
        preset={DEFAULT_RATE}
        testId="strictness"
        state={state}
        onSave={(rate) => void save("/api/settings", "PUT", { stranger_named_one_in: rate })}
      >
        <p className="muted">{strictness.text}</p>
        {chosen === null && <p className={ui.notice}>{strictness.nobodyChose}</p>}
      </ChoiceList>
    </section>
  );
}
