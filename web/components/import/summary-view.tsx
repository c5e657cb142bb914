"use client";

import { fill, plural, type Dictionary } from "@/lib/i18n";
import { refusedCsv, type Refusal, type Summary } from "@/lib/import/summary";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import styles from "./people-import.module.css";

/** Lines that are spelled out; all are in the file. */
const SHOWN = 30;

const COUNTS = ["people", "newPeople", "completed", "added", "there"] as const;

/** What an import comes to. */
export function SummaryView({ summary, ignored }: { summary: Summary; ignored: readonly string[] }) {
  const { locale, t } = useI18n();
  const texts = t.peopleImport;
  const { refused, kept } = summary;
  return (
    <>
      <dl className={styles.counts}>
        {COUNTS.map((name) => (
          <div key={name} data-testid={`import-${name}`} data-count={summary[name]}>
            <dt>{texts.counts[name]}</dt>
            <dd className="numeric">{summary[name].toLocaleString(locale)}</dd>
          </div>
        ))}
        <div data-testid="import-refused" data-count={placesIn(refused)}>
          <dt>{texts.counts.refused}</dt>
          <dd className="numeric">{placesIn(refused).toLocaleString(locale)}</dd>
        </div>
      </dl>
      {ignored.length > 0 && <p className="muted small">{fill(texts.ignored, { columns: ignored.join(", ") })}</p>}
      {refused.length > 0 && (
        <section className={styles.list}>
          <div className={styles.head}>
            <h3>{texts.refused.title}</h3>
            <button
              className={`${ui.button} ${ui.quiet} ${ui.compact}`}
              type="button"
              data-testid="import-download"
              onClick={() => download(refusedCsv(refused, texts, locale), texts.file.name)}
            >
              {texts.refused.download}
            </button>
          </div>
          <p className="muted small">{texts.refused.hint}</p>
          <ul>
            {refused.slice(0, SHOWN).map((one) => (
              <li
                key={`${one.file} ${one.at.join(" ")}`}
                data-testid="import-refusal"
                data-at={one.at.join(" ")}
                data-reason={one.reason}
              >
                <strong>{placeOf(one, texts)}</strong>
                {one.cells.name !== null && ` · ${one.cells.name}`}
                <span className={styles.reason}>{texts.reasons[one.reason]}</span>
              </li>
            ))}
          </ul>
          {refused.length > SHOWN && <p className="muted small">{plural(texts.refused.more, refused.length - SHOWN)}</p>}
        </section>
      )}
      {kept.length > 0 && (
        <section className={styles.list}>
          <h3>{texts.kept.title}</h3>
          <p className="muted small">{texts.kept.text}</p>
          <ul>
            {kept.slice(0, SHOWN).map(({ line, name, fields }) => (
              <li key={line} data-testid="import-kept">
                {fill(texts.kept.line, { line, name, fields: fields.map((field) => texts.fields[field]).join(", ") })}
              </li>
            ))}
          </ul>
          {kept.length > SHOWN && <p className="muted small">{plural(texts.refused.more, kept.length - SHOWN)}</p>}
        </section>
      )}
    </>
  );
}

/** Lines and rows, however they were put together. */
function placesIn(refused: readonly Refusal[]): number {
  return refused.reduce((sum, { at }) => sum + at.length, 0);
}

function placeOf({ file, at }: Refusal, texts: Dictionary["peopleImport"]): string {
  const [first = 0] = at;
  const { line, rows } = texts.refused;
  const template = file === "csv" ? line : plural(rows, at.length);
  return fill(template, { file: texts.sources[file], at: first });
}

/** Hands over a file that was made here. */
function download(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers read it after the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
