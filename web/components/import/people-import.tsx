"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useId, useRef, useState, type ChangeEvent } from "react";

import { fill } from "@/lib/i18n";
import { sendItems } from "@/lib/import/calls";
import type { Chosen, FileProblem } from "@/lib/import/files";
import type { ImportProblem } from "@/lib/import/outcome";
import { storesAnything, summaryOf, type Summary } from "@/lib/import/summary";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import styles from "./people-import.module.css";
import { SummaryView } from "./summary-view";

type State =
  | { phase: "choosing"; problem: FileProblem | null }
  | { phase: "reading" }
  | { phase: "checking" | "importing"; chosen: Chosen; done: number }
  | { phase: "unchecked"; chosen: Chosen; problem: ImportProblem }
  | { phase: "preview"; chosen: Chosen; summary: Summary }
  | { phase: "done"; chosen: Chosen; summary: Summary; problem: ImportProblem | null };

/** Files, what they would do, and doing it. */
export function PeopleImport() {
  const { t } = useI18n();
  const texts = t.peopleImport;
  const router = useRouter();
  const [state, setState] = useState<State>({ phase: "choosing", problem: null });

  async function choose(files: File[]) {
    setState({ phase: "reading" });
    // What reads them is only loaded here.
    const { readFiles } = await import("@/lib/import/files");
    const reading = await readFiles(files);
    if (reading.ok) await check(reading.chosen);
    else setState({ phase: "choosing", problem: reading.problem });
  }

  async function check(chosen: Chosen) {
    setState({ phase: "checking", chosen, done: 0 });
    const { outcomes, problem } = await sendItems(chosen.items, true, (done) => setState({ phase: "checking", chosen, done }));
    if (problem !== null) setState({ phase: "unchecked", chosen, problem });
    else setState({ phase: "preview", chosen, summary: summaryFor(chosen, outcomes) });
  }

  async function store(chosen: Chosen) {
    setState({ phase: "importing", chosen, done: 0 });
    const { outcomes, problem } = await sendItems(chosen.items, false, (done) => setState({ phase: "importing", chosen, done }));
    setState({ phase: "done", chosen, summary: summaryFor(chosen, outcomes), problem });
    router.refresh();
  }

  const again = () => setState({ phase: "choosing", problem: null });
  const other = (
    <button className={`${ui.button} ${ui.quiet}`} type="button" data-testid="import-other" onClick={again}>
      {texts.other}
    </button>
  );
  switch (state.phase) {
    case "choosing":
      return <Choice problem={state.problem} onChoose={(files) => void choose(files)} />;
    case "reading":
      return <Working text={texts.reading} done={null} all={0} />;
    case "checking":
      return <Working text={texts.checking} done={state.done} all={state.chosen.items.length} />;
    case "importing":
      return <Working text={texts.importing} done={state.done} all={state.chosen.items.length} hint={texts.stay} />;
    case "unchecked":
      return (
        <section className={`${ui.card} ${styles.section}`}>
          <p className={ui.notice} data-tone="bad" role="alert" data-testid="import-problem" data-problem={state.problem}>
            {texts.problems[state.problem]}
          </p>
          <p className={styles.buttons}>
            <button className={ui.button} type="button" onClick={() => void check(state.chosen)}>
              {texts.preview.retry}
            </button>
            {other}
          </p>
        </section>
      );
    case "preview": {
      const { chosen, summary } = state;
      const isWorthIt = storesAnything(summary);
      return (
        <section className={`${ui.card} ${styles.section}`} data-testid="import-preview">
          <h2>{texts.preview.title}</h2>
          <p className="muted">{fill(texts.preview.files, { files: chosen.names.join(", ") })}</p>
          <SummaryView summary={summary} ignored={chosen.ignored} />
          {!isWorthIt && (
            <p className={ui.notice} role="status" data-testid="import-nothing">
              {texts.preview.nothing}
            </p>
          )}
          <p className={styles.buttons}>
            {isWorthIt && (
              <button className={ui.button} type="button" data-testid="import-confirm" onClick={() => void store(chosen)}>
                {texts.preview.confirm}
              </button>
            )}
            {other}
          </p>
        </section>
      );
    }
    case "done": {
      const { chosen, summary, problem } = state;
      return (
        <section className={`${ui.card} ${styles.section}`} data-testid="import-done" data-problem={problem}>
          <h2 role="status">{problem === null ? texts.result.title : texts.result.stopped}</h2>
          {problem !== null && (
            <p className={ui.notice} data-tone="warn" role="alert">
              {texts.result.stoppedText}
            </p>
          )}
          <SummaryView summary={summary} ignored={[]} />
          <p className={styles.buttons}>
            {problem !== null && (
              <button className={ui.button} type="button" data-testid="import-again" onClick={() => void store(chosen)}>
                {texts.result.again}
              </button>
            )}
            <Link className={problem === null ? ui.button : `${ui.button} ${ui.quiet}`} href="/people">
              {texts.result.see}
            </Link>
            {other}
          </p>
        </section>
      );
    }
  }
}

function summaryFor({ wrongLines, wrongRows, items }: Chosen, outcomes: Parameters<typeof summaryOf>[3]): Summary {
  return summaryOf(wrongLines, wrongRows, items, outcomes);
}

function Choice({ problem, onChoose }: { problem: FileProblem | null; onChoose: (files: File[]) => void }) {
  const texts = useI18n().t.peopleImport;
  const input = useRef<HTMLInputElement>(null);
  const hint = useId();
  function chosen({ target }: ChangeEvent<HTMLInputElement>) {
    const files = [...(target.files ?? [])];
    // The same file may be chosen again once it was put right.
    target.value = "";
    if (files.length > 0) onChoose(files);
  }
  return (
    <div className={styles.section}>
      {problem !== null && <Fault problem={problem} />}
      <div className={styles.kinds}>
        <section className={`${ui.card} ${styles.section}`}>
          <h2>{texts.csvTitle}</h2>
          <p className="muted">{texts.csvText}</p>
        </section>
        <section className={`${ui.card} ${styles.section}`}>
          <h2>{texts.npyTitle}</h2>
          <p className="muted">{texts.npyText}</p>
        </section>
      </div>
      <div className={styles.buttons}>
        <button
          className={ui.button}
          type="button"
          aria-describedby={hint}
          data-testid="import-choose"
          onClick={() => input.current?.click()}
        >
          {texts.choose}
        </button>
        <span className="muted small" id={hint}>
          {texts.chooseHint}
        </span>
        <input ref={input} type="file" multiple hidden accept=".csv,.txt,.npy,.json" data-testid="import-files" onChange={chosen} />
      </div>
    </div>
  );
}

function Fault({ problem: { file, fault, line, row, found } }: { problem: FileProblem }) {
  const { faults } = useI18n().t.peopleImport;
  const what = found === null ? faults[fault] : fill(faults.found, { text: faults[fault], found });
  const where = line === null ? what : fill(faults.atLine, { line, text: what });
  return (
    <div className={`${ui.notice} ${styles.fault}`} data-tone="bad" role="alert" data-testid="import-fault" data-fault={fault}>
      <p>
        <strong>{fill(faults.title, { file })}</strong>
        <br />
        {row === null ? where : fill(faults.atRow, { row, text: what })}
      </p>
    </div>
  );
}

interface WorkingProps {
  text: string;
  /** `null` where it cannot be said. */
  done: number | null;
  all: number;
  hint?: string;
}

function Working({ text, done, all, hint }: WorkingProps) {
  const { locale, t } = useI18n();
  const count = (number: number) => number.toLocaleString(locale);
  return (
    <section className={`${ui.card} ${styles.section}`} role="status" data-testid="import-working">
      <h2>{text}</h2>
      <progress className={ui.meter} aria-label={text} {...(done !== null && { value: done, max: Math.max(all, 1) })} />
      {done !== null && (
        <p className="muted small numeric">{fill(t.peopleImport.progress, { done: count(done), all: count(all) })}</p>
      )}
      {hint !== undefined && <p className="muted small">{hint}</p>}
    </section>
  );
}
