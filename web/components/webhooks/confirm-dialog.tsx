"use client";

import { useId, useState } from "react";

import type { WebhookProblem } from "@/lib/webhook-changes";

import dialogStyles from "../dialog.module.css";
import { useI18n } from "../i18n-provider";
import { Modal } from "../modal";
import ui from "../ui.module.css";

interface ConfirmDialogProps {
  title: string;
  /** What happens, and whether it can be undone. */
  text: string;
  /** Which receiver, where the title does not say. */
  address: string | null;
  confirm: string;
  /** It takes something away. */
  isDangerous?: boolean;
  /** Does it; what was in the way, `null` for nothing. */
  onConfirm: () => Promise<WebhookProblem | null>;
  onClose: () => void;
}

/** Asks before something is done that others notice. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, text, address, confirm, isDangerous = false, onConfirm, onClose } = props;
  const { webhooks } = useI18n().t;
  const id = useId();
  const [state, setState] = useState<"asking" | "working" | WebhookProblem>("asking");

  async function doIt() {
    setState("working");
    const problem = await onConfirm();
    if (problem === null) onClose();
    else setState(problem);
  }

  return (
    <Modal labelledBy={id} testId="webhook-confirm-dialog" onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {address !== null && <p className={dialogStyles.address}>{address}</p>}
      <p className="muted">{text}</p>
      {state !== "asking" && state !== "working" && (
        <p className={ui.notice} data-tone="bad" role="alert" data-testid="webhook-problem" data-problem={state}>
          {webhooks.problems[state]}
        </p>
      )}
      <div className={dialogStyles.actions}>
        <button className={`${ui.button} ${ui.quiet}`} type="button" onClick={onClose}>
          {webhooks.cancel}
        </button>
        <button
          className={`${ui.button} ${isDangerous ? ui.danger : ""}`}
          type="button"
          data-testid="webhook-confirm"
          disabled={state === "working"}
          onClick={() => void doIt()}
        >
          {state === "working" ? webhooks.working : confirm}
        </button>
      </div>
    </Modal>
  );
}
