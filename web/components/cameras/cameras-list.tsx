"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { useRefresh } from "@/hooks/use-refresh";
import { changeCamera, removeCamera } from "@/lib/camera-calls";
import type { CameraLine, CameraProblem } from "@/lib/cameras";
import { plural } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import { LocalTime } from "../time";
import ui from "../ui.module.css";
import { CameraDialog } from "./camera-dialog";
import { CameraLinks } from "./camera-links";
import styles from "./cameras.module.css";
import { RemoveDialog } from "./remove-dialog";

const REFRESH_MS = 10_000;

type Open = { dialog: "form"; camera: CameraLine | null } | { dialog: "remove"; camera: CameraLine };

/** The cameras, each with what can be done to it by whoever may. */
export function CamerasList({ cameras: lines, mayChange }: { cameras: CameraLine[]; mayChange: boolean }) {
  const { cameras } = useI18n().t;
  const router = useRouter();
  const [open, setOpen] = useState<Open | null>(null);
  const [note, setNote] = useState("");
  useRefresh(REFRESH_MS);

  function done(said: string) {
    setNote(said);
    router.refresh();
  }

  async function remove({ id }: CameraLine): Promise<CameraProblem | null> {
    const problem = await removeCamera(id);
    // Somebody else may have taken it away a moment before.
    if (problem !== null && problem !== "gone") return problem;
    done(cameras.removed);
    return null;
  }

  return (
    <>
      <ul className={styles.list}>
        {lines.map((camera) => (
          <CameraCard
            key={camera.id}
            camera={camera}
            mayChange={mayChange}
            onChange={() => setOpen({ dialog: "form", camera })}
            onRemove={() => setOpen({ dialog: "remove", camera })}
          />
        ))}
      </ul>
      {mayChange && (
        <p className={styles.add}>
          <button
            className={ui.button}
            type="button"
            data-testid="camera-add"
            onClick={() => setOpen({ dialog: "form", camera: null })}
          >
            {cameras.add}
          </button>
          <span className={styles.note} role="status" data-testid="cameras-note">
            {note}
          </span>
        </p>
      )}
      {open?.dialog === "form" && (
        <CameraDialog
          camera={open.camera}
          onSaved={() => {
            setOpen(null);
            done(cameras.stored);
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.dialog === "remove" && (
        <RemoveDialog name={open.camera.name} onConfirm={() => remove(open.camera)} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

interface CameraCardProps {
  camera: CameraLine;
  mayChange: boolean;
  onChange: () => void;
  onRemove: () => void;
}

function CameraCard({ camera, mayChange, onChange, onRemove }: CameraCardProps) {
  const { cameras } = useI18n().t;
  const { id, name, location, isActive, stream, faces, unknown, lastEventAt } = camera;
  const quiet = `${ui.button} ${ui.quiet} ${ui.compact}`;
  return (
    <li className={`${ui.card} ${styles.camera}`} data-testid="camera" data-id={id} data-active={isActive}>
      <div className={styles.head}>
        <h2>{name}</h2>
        <span className={ui.badge} data-tone={isActive ? "good" : "warn"} data-testid="camera-state">
          {isActive ? cameras.states.on : cameras.states.off}
        </span>
        {location !== null && <p className="muted">{location}</p>}
      </div>
      {!isActive && <p className="muted small">{cameras.offText}</p>}
      <dl className={styles.facts}>
        <div>
          <dt>{cameras.lastEvent}</dt>
          <dd data-testid="camera-last">
            {lastEventAt === null ? cameras.never : <LocalTime iso={lastEventAt} />}
          </dd>
        </div>
        <div>
          <dt>{cameras.lastDay}</dt>
          <dd className="numeric" data-testid="camera-faces" data-count={faces}>
            {faces}
            {unknown > 0 && <span className="muted small"> · {plural(cameras.unknown, unknown)}</span>}
          </dd>
        </div>
        <div>
          <dt>{cameras.id}</dt>
          <dd className={styles.code}>{id}</dd>
        </div>
        <div>
          <dt>{cameras.stream}</dt>
          <dd className={stream === null ? "muted" : styles.code} data-testid="camera-address">
            {stream ?? cameras.noStream}
          </dd>
        </div>
      </dl>
      <CameraLinks id={id} name={name} />
      <div className={styles.actions}>
        <Link className={quiet} href={`/events?camera=${encodeURIComponent(id)}`} data-testid="camera-events">
          {cameras.events}
          <Of name={name} />
        </Link>
        {mayChange && (
          <>
            <button className={quiet} type="button" data-testid="camera-change" onClick={onChange}>
              {cameras.change}
              <Of name={name} />
            </button>
            <Switch camera={camera} />
            {camera.isRemovable && (
              <button className={quiet} type="button" data-testid="camera-remove" onClick={onRemove}>
                {cameras.remove.button}
                <Of name={name} />
              </button>
            )}
          </>
        )}
      </div>
    </li>
  );
}

/** Says of which camera a button is, to whoever hears it alone. */
function Of({ name }: { name: string }) {
  return <span className="visually-hidden">: {name}</span>;
}

/** On and off. */
function Switch({ camera: { id, name, isActive } }: { camera: CameraLine }) {
  const { cameras } = useI18n().t;
  const router = useRouter();
  const [state, setState] = useState<"idle" | "working" | CameraProblem>("idle");
  async function turn() {
    setState("working");
    setState((await changeCamera(id, { isActive: !isActive })) ?? "idle");
    router.refresh();
  }
  return (
    <>
      <button
        className={`${ui.button} ${ui.quiet} ${ui.compact}`}
        type="button"
        data-testid="camera-switch"
        disabled={state === "working"}
        onClick={() => void turn()}
      >
        {isActive ? cameras.switchOff : cameras.switchOn}
        <Of name={name} />
      </button>
      {state !== "idle" && state !== "working" && (
        <span className={styles.problem} role="alert">
          {cameras.problems[state]}
        </span>
      )}
    </>
  );
}
