import { dictionary, fill, type Locale } from "@/lib/i18n";
import { lengthOfTime, limitFigures, type LimitFigure } from "@/lib/in-use";
import type { ModelState } from "@/lib/relay-health";
import type { RelayChoices } from "@/lib/relay-choices";

import ui from "../ui.module.css";
import styles from "./settings.module.css";

interface Props {
  locale: Locale;
  models: readonly ModelState[];
  limits: RelayChoices["settings"]["limits"];
}

/** The models and limits that the relay was started with. */
export function InUseCard({ locale, models, limits }: Props) {
  const { inUse } = dictionary(locale);
  const purposes: Partial<Record<string, string>> = inUse.purposes;
  return (
    <section className={`${ui.card} ${styles.form}`} data-testid="in-use">
      <h2>{inUse.title}</h2>
      <p className="muted">{fill(inUse.text, { name: "docs/settings.md" })}</p>
      <div className={styles.listed}>
        <h3>{inUse.models}</h3>
        <ul>
          {models.map(({ id, available }) => (
            <li key={id} data-testid="in-use-model" data-model={id}>
              <span>
                <code>{id}</code>
                <span className="muted small">{purposes[id] ?? inUse.otherPurpose}</span>
              </span>
              <span className={ui.badge} data-tone={available ? "good" : "bad"}>
                {available ? inUse.available : inUse.missing}
              </span>
            </li>
          ))}
        </ul>
      </div>
      <div className={styles.listed}>
        <h3>{inUse.limits}</h3>
        <dl>
          {limitFigures(limits).map(([key, figure]) => (
            <div key={key} data-testid="in-use-limit" data-limit={key}>
              <dt>{inUse.figures[key]}</dt>
              <dd className="numeric">{shown(figure, locale)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}

function shown({ unit, value }: LimitFigure, locale: Locale): string {
  const number = value.toLocaleString(locale);
  switch (unit) {
    case "seconds":
      return lengthOfTime(value, locale);
    case "megapixels":
      return fill(dictionary(locale).inUse.units.megapixels, { count: number });
    case "count":
      return number;
  }
}
