"use client";

import { useId, useRef, useState, type FormEvent } from "react";

import type { EventLine } from "@/db/detections";
import type { CorrectionAnswer, CorrectionProblem } from "@/lib/corrections";
import { fill } from "@/lib/i18n";

import styles from "./dialog.module.css";
import { useI18n } from "./i18n-provider";
import { useRelay } from "./recognition/relay-provider";
import ui from "./ui.module.css";

interface CorrectionDialogProps {
  /** An event that names somebody. */
  line: EventLine;
  onCorrected: (line: EventLine) => void;
  onClose: () => void;
}

/** Asks whether the event's face is really not of whom it names, and who it was. */
export function CorrectionDialog({ line, onCorrected, onClose }: CorrectionDialogProps) {
  const { t } = useI18n();
  const { galleries } = useRelay();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [actual, setActual] = useState("");
  const [removesPicture, setRemovesPicture] = useState(false);
  const [state, setState] = useState<"asking" | "working" | CorrectionProblem>("asking");
  const { correction } = t.events;
  const name = line.name ?? "";
  const others = new Set((galleries ?? []).flatMap(({ entries }) => entries.map((entry) => entry.name)));
  others.delete(name);

  async function correct(event: FormEvent) {
    event.preventDefault();
    setState("working");
    const answer = await changeCorrection(line.id, { method: "POST", name: actual, removesPicture });
    if ("error" in answer) {
      setState(answer.error.code);
      return;
    }
    onCorrected(answer.event);
    dialog.current?.close();
  }

  return (
    <dialog
      ref={(element) => {
        dialog.current = element;
        if (element && !element.open) element.showModal();
      }}
      className={styles.dialog}
      aria-labelledby={`${id}-title`}
      data-testid="correction-dialog"
      onClose={onClose}
    >
      <form onSubmit={(event) => void correct(event)}>
        <h2 id={`${id}-title`}>{fill(correction.title, { name })}</h2>
        <p className="muted">{fill(correction.text, { name })}</p>
        <label className={styles.field}>
          <span>
            {correction.actualName} <span className="muted">({t.enrol.optional})</span>
          </span>
          <input
            type="text"
            list={`${id}-people`}
            maxLength={200}
            autoComplete="off"
            value={actual}
            data-testid="correction-name"
            onChange={(event) => setActual(event.target.value)}
          />
        </label>
        <datalist id={`${id}-people`}>
          {[...others].toSorted((a, b) => a.localeCompare(b)).map((other) => (
            <option key={other}>{other}</option>
          ))}
        </datalist>
        <p className="muted small">{correction.actualNameHint}</p>
        {line.snapshot !== null && (
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={removesPicture}
              data-testid="correction-picture"
              onChange={(event) => setRemovesPicture(event.target.checked)}
            />
            <span>{t.snapshots.removeToo}</span>
          </label>
        )}
        {state !== "asking" && state !== "working" && (
          <p className={ui.notice} data-tone="bad" role="alert" data-testid="correction-problem" data-problem={state}>
            {correction.problems[state]}
          </p>
        )}
        <div className={styles.actions}>
          <button className={`${ui.button} ${ui.quiet}`} type="button" onClick={() => dialog.current?.close()}>
            {t.people.cancel}
          </button>
          <button
            className={ui.button}
            type="submit"
            data-testid="correction-confirm"
            disabled={state === "working"}
          >
            {state === "working" ? correction.working : correction.confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** Corrects an event, or takes that back. A request without an answer is one that failed. */
export async function changeCorrection(
  id: string,
  change: { method: "POST"; name: string; removesPicture: boolean } | { method: "DELETE" },
): Promise<CorrectionAnswer> {
  try {
    const { method } = change;
    const response = await fetch(`/api/events/${encodeURIComponent(id)}/correction`, {
      method,
      ...(change.method === "POST" && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: change.name, removesPicture: change.removesPicture }),
      }),
    });
    const answer: CorrectionAnswer = await response.json();
    return "event" in answer || typeof answer.error === "object" ? answer : { error: { code: "failed" } };
  } catch {
    return { error: { code: "failed" } };
  }
}
