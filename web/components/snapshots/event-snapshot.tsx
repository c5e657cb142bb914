"use client";

import { useId, useState } from "react";

import type { EventLine } from "@/db/detections";
import type { CorrectionAnswer } from "@/lib/corrections";
import { fill } from "@/lib/i18n";
import { SNAPSHOT_SIDE_PX } from "@/lib/snapshots/limits";

import dialogs from "../dialog.module.css";
import { useI18n } from "../i18n-provider";
import { Modal } from "../modal";
import { LocalTime } from "../time";
import ui from "../ui.module.css";
import styles from "./event-snapshot.module.css";

interface EventSnapshotProps {
  line: EventLine;
  /** The picture was deleted. */
  onRemoved: (line: EventLine) => void;
}

/** The picture of an event's face, which opens larger; nothing where none is kept. */
export function EventSnapshot({ line, onRemoved }: EventSnapshotProps) {
  const { t } = useI18n();
  const [isOpen, setOpen] = useState(false);
  const [isGone, setGone] = useState(false);
  if (line.snapshot === null) return null;
  if (isGone) return <span className={styles.gone}>{t.snapshots.gone}</span>;
  const name = line.name ?? (line.status === "UNKNOWN" ? t.snapshots.unknown : t.snapshots.forgotten);
  return (
    <>
      <button
        className={styles.thumbnail}
        type="button"
        data-testid="event-snapshot"
        aria-label={fill(t.snapshots.show, { name })}
        onClick={() => setOpen(true)}
      >
        {/* Of a route that nobody else may open: there is nothing for an image service to optimise. */}
        <img src={line.snapshot} alt="" width={48} height={48} loading="lazy" onError={() => setGone(true)} />
      </button>
      {isOpen && <SnapshotDialog line={line} name={name} onRemoved={onRemoved} onClose={() => setOpen(false)} />}
    </>
  );
}

interface SnapshotDialogProps extends EventSnapshotProps {
  /** Whom it shows, in words. */
  name: string;
  onClose: () => void;
}

function SnapshotDialog({ line, name, onRemoved, onClose }: SnapshotDialogProps) {
  const { t } = useI18n();
  const id = useId();
  const [state, setState] = useState<"idle" | "working" | "failed">("idle");
  async function remove() {
    setState("working");
    const left = await deleteSnapshot(line.id);
    if (left === null) setState("failed");
    else onRemoved(left);
  }
  return (
    <Modal labelledBy={`${id}-title`} testId="snapshot-dialog" onClose={onClose}>
      <h2 id={`${id}-title`} className={styles.title}>
        {name}
      </h2>
      <p className="muted small">
        <LocalTime iso={line.occurredAt} /> · {line.cameraName}
      </p>
      <img
        className={styles.large}
        src={line.snapshot ?? ""}
        alt={fill(t.snapshots.alt, { name })}
        width={SNAPSHOT_SIDE_PX}
        height={SNAPSHOT_SIDE_PX}
      />
      {state === "failed" && (
        <p className={ui.notice} data-tone="bad" role="alert">
          {t.snapshots.removeFailed}
        </p>
      )}
      <div className={dialogs.actions}>
        <button
          className={`${ui.button} ${ui.quiet}`}
          type="button"
          data-testid="snapshot-remove"
          disabled={state === "working"}
          onClick={() => void remove()}
        >
          {state === "working" ? t.snapshots.removing : t.snapshots.remove}
        </button>
        <button className={ui.button} type="button" onClick={onClose}>
          {t.snapshots.close}
        </button>
      </div>
    </Modal>
  );
}

/** The event without its picture; `null` where it could not be deleted. */
async function deleteSnapshot(id: string): Promise<EventLine | null> {
  try {
    const response = await fetch(`/api/events/${encodeURIComponent(id)}/snapshot`, { method: "DELETE" });
    const answer: CorrectionAnswer = await response.json();
    return "event" in answer ? answer.event : null;
  } catch {
    return null;
  }
}
