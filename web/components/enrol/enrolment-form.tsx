"use client";

import Link from "next/link";
import { useState, type FormEvent } from "react";
import { EngineStatus, EnrolWizard, useEnrolment } from "rostro/react";

import type { EnrolmentField, EnrolmentRefusal } from "@/lib/enrolment";
import { fill, plural } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import { useEngine } from "../recognition/engine-provider";
import ui from "../ui.module.css";
import { DetailsFields, NO_DETAILS } from "./details-fields";
import styles from "./enrolment-form.module.css";

/** What became of saving. */
type Saving =
  | { phase: "editing" }
  | { phase: "saving" }
  | { phase: "refused"; field: EnrolmentField }
  | { phase: "failed"; message: string }
  | { phase: "saved"; name: string };

/** Name, samples, save. `name` is whose samples they are, where that is said already. */
export function EnrolmentForm({ name }: { name: string }) {
  const { locale, t } = useI18n();
  const engine = useEngine();
  const enrolment = useEnrolment(engine.recognizer);
  const { samples, missing, working, alreadyEnrolled: lookalike, clear } = enrolment;
  const [details, setDetails] = useState({ ...NO_DETAILS, name });
  const [saving, setSaving] = useState<Saving>({ phase: "editing" });

  const nameless = details.name.trim() === "";
  // More samples of somebody who is enrolled look like them, as they should.
  const other = lookalike !== null && !isSameName(lookalike.name, details.name) ? lookalike : null;

  async function save(event: FormEvent) {
    event.preventDefault();
    setSaving({ phase: "saving" });
    const sent = samples.map(({ model, embedding, quality }) => ({ model, embedding: Array.from(embedding), quality }));
    const outcome = await post({ ...details, samples: sent });
    if (outcome.ok) {
      clear();
      setSaving({ phase: "saved", name: outcome.name });
    } else if (outcome.field !== null) {
      setSaving({ phase: "refused", field: outcome.field });
    } else {
      const { errors } = t.enrol;
      const message =
        outcome.reason === "refused" ? fill(errors.refused, { reason: outcome.message }) : errors[outcome.reason];
      setSaving({ phase: "failed", message });
    }
  }

  function again() {
    setDetails(NO_DETAILS);
    setSaving({ phase: "editing" });
  }

  if (saving.phase === "saved") return <Saved name={saving.name} onAgain={again} />;
  return (
    <form className={styles.layout} onSubmit={(event) => void save(event)}>
      <section className={styles.taking} aria-label={t.enrol.samples}>
        <EngineStatus engine={engine} locale={locale} />
        <EnrolWizard recognizer={engine.recognizer} enrolment={enrolment} locale={locale} />
      </section>
      <section className={`${ui.card} ${styles.side}`}>
        {saving.phase === "refused" && saving.field === "samples" && (
          <p className={ui.notice} data-tone="bad" role="alert">
            {t.enrol.errors.samples}
          </p>
        )}
        <h2>{t.enrol.details}</h2>
        <DetailsFields
          details={details}
          refused={saving.phase === "refused" ? saving.field : null}
          onChange={setDetails}
        />
        {other !== null && (
          <p className={ui.notice} data-tone="warn" role="alert" data-testid="enrol-already" data-name={other.name}>
            <span>{fill(t.enrol.already, { name: other.name })}</span>
            <Link href="/people">{t.enrol.seePeople}</Link>
          </p>
        )}
        {saving.phase === "failed" && (
          <p className={ui.notice} data-tone="bad" role="alert" data-testid="enrol-failed">
            {saving.message}
          </p>
        )}
        <p className="muted small" aria-live="polite" data-testid="enrol-missing">
          {nameless && `${t.enrol.needName} `}
          {missing > 0 && plural(t.enrol.needSamples, missing)}
        </p>
        <button
          className={ui.button}
          type="submit"
          data-testid="enrol-save"
          disabled={nameless || missing > 0 || samples.length === 0 || working || saving.phase === "saving"}
        >
          {saving.phase === "saving" ? t.enrol.saving : other === null ? t.enrol.save : t.enrol.saveAnyway}
        </button>
      </section>
    </form>
  );
}

function Saved({ name, onAgain }: { name: string; onAgain: () => void }) {
  const { t } = useI18n();
  return (
    <div className={`${ui.card} ${ui.empty}`} role="status" data-testid="enrol-saved">
      <h2>{fill(t.people.saved, { name })}</h2>
      <div className={styles.next}>
        <Link className={ui.button} href="/">
          {t.enrol.seeLive}
        </Link>
        <Link className={`${ui.button} ${ui.quiet}`} href="/people">
          {t.enrol.seePeople}
        </Link>
        <button className={`${ui.button} ${ui.quiet}`} type="button" onClick={onAgain}>
          {t.enrol.another}
        </button>
      </div>
    </div>
  );
}

/** Names are compared as the relay compares them: without case. */
function isSameName(a: string, b: string): boolean {
  return a.trim().localeCompare(b.trim(), undefined, { sensitivity: "accent" }) === 0;
}

type Outcome =
  | { ok: true; name: string }
  | { ok: false; field: EnrolmentField }
  | { ok: false; field: null; reason: "relay" | "unexpected" }
  | { ok: false; field: null; reason: "refused"; message: string };

async function post(body: object): Promise<Outcome> {
  try {
    const response = await fetch("/api/people", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.ok) {
      const { name }: { name: string } = await response.json();
      return { ok: true, name };
    }
    const { error }: EnrolmentRefusal = await response.json();
    if (error.code === "invalid-field" && error.field) return { ok: false, field: error.field };
    if (error.code === "relay-unreachable") return { ok: false, field: null, reason: "relay" };
    if (error.code === "relay-refused") return { ok: false, field: null, reason: "refused", message: error.message };
  } catch {
    // No answer, or one that is not ours: said as unexpected below.
  }
  return { ok: false, field: null, reason: "unexpected" };
}
