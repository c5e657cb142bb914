"use client";

import { useId, useRef, useState } from "react";

import dialogStyles from "../dialog.module.css";
import { useI18n } from "../i18n-provider";
import { Modal } from "../modal";
import ui from "../ui.module.css";
import styles from "./webhooks.module.css";

/** Shows a secret, this once. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { webhooks } = useI18n().t;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<"no" | "yes" | "byHand">("no");

  async function copy() {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied("yes");
    } catch {
      // Not over plain http from elsewhere, or not allowed: it is marked, ready for the keyboard.
      field.current?.select();
      setCopied("byHand");
    }
  }

  return (
    <Modal labelledBy={`${id}-title`} testId="secret-dialog" insistent onClose={onClose}>
      <h2 id={`${id}-title`}>{webhooks.secret.title}</h2>
      <p className="muted" id={`${id}-text`}>
        {webhooks.secret.text}
      </p>
      <div className={styles.secret}>
        <input
          ref={field}
          readOnly
          value={secret}
          aria-label={webhooks.secret.label}
          aria-describedby={`${id}-text`}
          spellCheck={false}
          data-testid="secret"
          onFocus={(event) => event.target.select()}
        />
        <button className={ui.button} type="button" data-testid="secret-copy" onClick={() => void copy()}>
          {webhooks.secret.copy}
        </button>
      </div>
      <p className="small" role="status" data-testid="secret-copied" data-copied={copied}>
        {copied === "yes" && webhooks.secret.copied}
        {copied === "byHand" && webhooks.secret.byHand}
      </p>
      <div className={dialogStyles.actions}>
        <button className={`${ui.button} ${ui.quiet}`} type="button" data-testid="secret-done" onClick={onClose}>
          {webhooks.secret.done}
        </button>
      </div>
    </Modal>
  );
}
