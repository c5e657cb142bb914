"use client";

import { useId, useState } from "react";

import { fill } from "@/lib/i18n";
import type { PersonLine } from "@/lib/people";

import dialogStyles from "../dialog.module.css";
import { useI18n } from "../i18n-provider";
import { Modal } from "../modal";
import ui from "../ui.module.css";

interface ForgetDialogProps {
  person: PersonLine;
  onForgotten: () => void;
  onClose: () => void;
}

/** Asks before somebody is forgotten everywhere. */
export function ForgetDialog({ person, onForgotten, onClose }: ForgetDialogProps) {
  const { t } = useI18n();
  const id = useId();
  const [state, setState] = useState<"asking" | "working" | "failed">("asking");

  async function forget() {
    setState("working");
    try {
      const response = await fetch(`/api/people/${encodeURIComponent(person.key)}`, { method: "DELETE" });
      if (!response.ok) throw new Error(`forgetting answered ${response.status}`);
      onClose();
      onForgotten();
    } catch {
      setState("failed");
    }
  }

  return (
    <Modal labelledBy={id} testId="forget-dialog" onClose={onClose}>
      <h2 id={id}>{fill(t.people.forgetTitle, { name: person.name })}</h2>
      <p className="muted">{t.people.forgetText}</p>
      {state === "failed" && (
        <p className={ui.notice} data-tone="bad" role="alert">
          {t.people.forgetFailed}
        </p>
      )}
      <div className={dialogStyles.actions}>
        <button className={`${ui.button} ${ui.quiet}`} type="button" onClick={onClose}>
          {t.people.cancel}
        </button>
        <button
          className={`${ui.button} ${ui.danger}`}
          type="button"
          data-testid="forget-confirm"
          disabled={state === "working"}
          onClick={() => void forget()}
        >
          {state === "working" ? t.people.forgetting : t.people.forgetConfirm}
        </button>
      </div>
    </Modal>
  );
}
