"use client";

import { useRouter } from "next/navigation";
import { useId, useState } from "react";

import { fill } from "@/lib/i18n";
import { isRecord } from "@/lib/json";
import { qualityWord, type QualityWord, type SampleLine } from "@/lib/samples";

import dialogStyles from "../dialog.module.css";
import { useI18n } from "../i18n-provider";
import { Modal } from "../modal";
import { Percentage } from "../percentage";
import { LocalTime } from "../time";
import ui from "../ui.module.css";
import styles from "./person.module.css";

const TONES: Record<QualityWord, string> = { good: "good", fair: "info", poor: "warn" };

interface SamplesProps {
  /** Of whom: names them in `/api/people/{key}/samples`. */
  personKey: string;
  name: string;
  samples: SampleLine[];
}

/** A person's samples one by one, and removing one. */
export function Samples({ personKey, name, samples }: SamplesProps) {
  const { t } = useI18n();
  const { samples: texts } = t.person;
  const router = useRouter();
  const [leaving, setLeaving] = useState<SampleLine | null>(null);
  const [note, setNote] = useState("");
  const noteId = useId();
  const isOnly = samples.length === 1;
  return (
    <>
      <ol className={styles.samples}>
        {samples.map((sample, index) => (
          <li
            key={sample.id ?? index}
            className={styles.sample}
            data-testid="sample"
            data-id={sample.id}
            data-model={sample.model}
            data-origin={sample.origin}
            data-quality={sample.quality}
          >
            <span className={styles.what}>
              <LocalTime iso={sample.createdAt} day="only" />
              <span className="muted small">
                {[sample.origin !== null && texts.origins[sample.origin], sample.model].filter(Boolean).join(" · ")}
              </span>
            </span>
            <Quality quality={sample.quality} />
            {sample.id !== null && (
              <button
                className={`${ui.button} ${ui.quiet} ${ui.compact}`}
                type="button"
                data-testid="sample-remove"
                disabled={isOnly}
                aria-describedby={isOnly ? noteId : undefined}
                onClick={() => setLeaving(sample)}
              >
                {texts.remove}
                <span className="visually-hidden">: {sample.createdAt.slice(0, 10)}, {index + 1}</span>
              </button>
            )}
          </li>
        ))}
      </ol>
      {isOnly && samples[0]?.id !== null && (
        <p className="muted small" id={noteId} data-testid="sample-only">
          {texts.onlyOne}
        </p>
      )}
      <p className={styles.note} role="status" data-testid="sample-note">
        {note}
      </p>
      {leaving && (
        <RemovalDialog
          name={name}
          address={`/api/people/${encodeURIComponent(personKey)}/samples/${leaving.id}`}
          onRemoved={() => {
            setNote(texts.removed);
            router.refresh();
          }}
          onClose={() => setLeaving(null)}
        />
      )}
    </>
  );
}

function Quality({ quality }: { quality: number | null }) {
  const { samples: texts } = useI18n().t.person;
  if (quality === null) return <span className="muted small">{texts.unmeasured}</span>;
  const word = qualityWord(quality);
  return (
    <span className={ui.badge} data-tone={TONES[word]}>
      <span className="visually-hidden">{texts.quality}: </span>
      {texts.words[word]} <Percentage share={quality} />
    </span>
  );
}

type Problem = keyof ReturnType<typeof useI18n>["t"]["person"]["samples"]["problems"];

interface RemovalDialogProps {
  name: string;
  address: string;
  onRemoved: () => void;
  onClose: () => void;
}

function RemovalDialog({ name, address, onRemoved, onClose }: RemovalDialogProps) {
  const { t } = useI18n();
  const { samples: texts } = t.person;
  const id = useId();
  const [state, setState] = useState<"asking" | "working" | Problem>("asking");

  async function remove() {
    setState("working");
    const problem = await send(address);
    if (problem !== null) {
      setState(problem in texts.problems ? (problem as Problem) : "failed");
      return;
    }
    onClose();
    onRemoved();
  }

  return (
    <Modal labelledBy={id} testId="sample-dialog" onClose={onClose}>
      <h2 id={id}>{texts.removeTitle}</h2>
      <p className="muted">{fill(texts.removeText, { name })}</p>
      {state !== "asking" && state !== "working" && (
        <p className={ui.notice} data-tone="bad" role="alert" data-testid="sample-problem" data-problem={state}>
          {texts.problems[state]}
        </p>
      )}
      <div className={dialogStyles.actions}>
        <button className={`${ui.button} ${ui.quiet}`} type="button" onClick={onClose}>
          {t.people.cancel}
        </button>
        <button
          className={`${ui.button} ${ui.danger}`}
          type="button"
          data-testid="sample-confirm"
          disabled={state === "working"}
          onClick={() => void remove()}
        >
          {state === "working" ? texts.removing : texts.remove}
        </button>
      </div>
    </Modal>
  );
}

/** The code of what was in the way; `null` for nothing. */
async function send(address: string): Promise<string | null> {
  try {
    const response = await fetch(address, { method: "DELETE" });
    if (response.ok) return null;
    const answer: unknown = await response.json();
    const error = isRecord(answer) ? answer.error : undefined;
    return isRecord(error) && typeof error.code === "string" ? error.code : "failed";
  } catch {
    return "failed";
  }
}
