"use client";

import { useEffect, useId, useRef, useState } from "react";
import type { CameraStatus } from "rostro/relay";

import { feedPath } from "@/lib/camera-calls";
import { fill } from "@/lib/i18n";

import dialogStyles from "../dialog.module.css";
import { useI18n } from "../i18n-provider";
import { Modal } from "../modal";
import ui from "../ui.module.css";
import { Reason } from "./camera-state";
import styles from "./camera-state.module.css";

interface WatchDialogProps {
  /** The relay's id of the camera. */
  id: string;
  name: string;
  status: CameraStatus;
  onClose: () => void;
}

/** The live picture, while the window is open. */
export function WatchDialog({ id, name, status, onClose }: WatchDialogProps) {
  const { live } = useI18n().t.cameras;
  const titleId = useId();
  const [turn, setTurn] = useState(0);
  const [failed, setFailed] = useState(false);
  return (
    <Modal labelledBy={titleId} testId="camera-watch-dialog" wide onClose={onClose}>
      <h2 id={titleId}>{fill(live.watchTitle, { name })}</h2>
      <p className="muted small">{live.watchText}</p>
      {failed ? (
        <p className={ui.notice} data-tone="bad" role="alert" data-testid="camera-watch-failed">
          <span>{live.watchFailed}</span>
          <button
            className={`${ui.button} ${ui.quiet} ${ui.compact}`}
            type="button"
            onClick={() => {
              setFailed(false);
              setTurn((before) => before + 1);
            }}
          >
            {live.again}
          </button>
        </p>
      ) : (
        <Feed key={turn} id={id} name={name} onFailed={() => setFailed(true)} />
      )}
      <p className={styles.word} role="status">
        {live.states[status.state]}
      </p>
      <Reason status={status} />
      <div className={dialogStyles.actions}>
        <button className={ui.button} type="button" data-testid="camera-watch-close" onClick={onClose}>
          {live.close}
        </button>
      </div>
    </Modal>
  );
}

function Feed({ id, name, onFailed }: { id: string; name: string; onFailed: () => void }) {
  const { live } = useI18n().t.cameras;
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const element = image.current;
    // Browsers may go on loading an endless picture that is no longer shown.
    return () => element?.removeAttribute("src");
  }, []);
  return (
    <img
      ref={image}
      className={styles.feed}
      src={feedPath(id)}
      alt={fill(live.snapshot, { name })}
      data-testid="camera-feed"
      onError={onFailed}
    />
  );
}
