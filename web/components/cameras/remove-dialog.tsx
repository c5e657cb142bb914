"use client";

import { useId, useState } from "react";

import type { CameraProblem } from "@/lib/cameras";
import { fill } from "@/lib/i18n";

import dialogStyles from "../dialog.module.css";
import { useI18n } from "../i18n-provider";
import { Modal } from "../modal";
import ui from "../ui.module.css";

interface RemoveDialogProps {
  name: string;
  /** Does it; what was in the way, `null` for nothing. */
  onConfirm: () => Promise<CameraProblem | null>;
  onClose: () => void;
}

/** Asks before a camera is taken away. */
export function RemoveDialog({ name, onConfirm, onClose }: RemoveDialogProps) {
  const { cameras } = useI18n().t;
  const id = useId();
  const [state, setState] = useState<"asking" | "working" | CameraProblem>("asking");

  async function remove() {
    setState("working");
    const problem = await onConfirm();
    if (problem === null) onClose();
    else setState(problem);
  }

  return (
    <Modal labelledBy={id} testId="camera-remove-dialog" onClose={onClose}>
      <h2 id={id}>{fill(cameras.remove.title, { name })}</h2>
      <p className="muted">{cameras.remove.text}</p>
      {state !== "asking" && state !== "working" && (
        <p className={ui.notice} data-tone="bad" role="alert" data-testid="camera-problem" data-problem={state}>
          {cameras.problems[state]}
        </p>
      )}
      <div className={dialogStyles.actions}>
        <button className={`${ui.button} ${ui.quiet}`} type="button" onClick={onClose}>
          {cameras.cancel}
        </button>
        <button
          className={`${ui.button} ${ui.danger}`}
          type="button"
          data-testid="camera-confirm"
          disabled={state === "working"}
          onClick={() => void remove()}
        >
          {state === "working" ? cameras.working : cameras.remove.confirm}
        </button>
      </div>
    </Modal>
  );
}
