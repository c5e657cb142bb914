"use client";

import { useId, useRef, useState } from "react";

import { cameraPath, type ReportingPage } from "@/lib/camera-id";
import { fill } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import { useInBrowser } from "../time";
import ui from "../ui.module.css";
import styles from "./cameras.module.css";

/** How a device becomes that camera: addresses to open on it. */
export function CameraLinks({ id, name }: { id: string; name: string }) {
  const { links } = useI18n().t.cameras;
  const [before, after] = links.webhook.split("{field}");
  return (
    <details className={styles.links} data-testid="camera-links">
      <summary>
        {links.title}
        <span className="visually-hidden">: {name}</span>
      </summary>
      <p className="muted small">{fill(links.text, { name })}</p>
      <CopyLine label={links.kiosk} page="/kiosk" id={id} />
      <CopyLine label={links.live} page="/" id={id} />
      <p className="muted small">
        {before}
        <code>{`"camera_id":\u00a0${JSON.stringify(id)}`}</code>
        {after}
      </p>
    </details>
  );
}

/** An address, ready to be taken along. */
function CopyLine({ label, page, id }: { label: string; page: ReportingPage; id: string }) {
  const { links } = useI18n().t.cameras;
  const field = useRef<HTMLInputElement>(null);
  const fieldId = useId();
  const [copied, setCopied] = useState<"no" | "yes" | "byHand">("no");
  // The server does not know by which of its names this page was opened.
  const origin = useInBrowser() ? window.location.origin : "";
  const address = `${origin}${cameraPath(page, id)}`;

  async function copy() {
    try {
      await navigator.clipboard.writeText(address);
      setCopied("yes");
    } catch {
      // Not over plain http from elsewhere, or not allowed: it is marked, ready to be copied.
      field.current?.select();
      setCopied("byHand");
    }
  }

  return (
    <div className={styles.link}>
      <label className="small" htmlFor={fieldId}>
        {label}
      </label>
      <div className={styles.copy}>
        <input
          ref={field}
          id={fieldId}
          readOnly
          value={address}
          spellCheck={false}
          data-testid={page === "/" ? "camera-live-link" : "camera-kiosk-link"}
          onFocus={(event) => event.target.select()}
        />
        <button className={`${ui.button} ${ui.quiet} ${ui.compact}`} type="button" onClick={() => void copy()}>
          {links.copy}
          <span className="visually-hidden">: {label}</span>
        </button>
      </div>
      <p className="small" role="status" data-copied={copied}>
        {copied === "yes" && links.copied}
        {copied === "byHand" && links.byHand}
      </p>
    </div>
  );
}
