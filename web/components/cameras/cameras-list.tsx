"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { useCameraNews } from "@/hooks/use-camera-news";
import { useRefresh } from "@/hooks/use-refresh";
import { adoptCamera, changeCamera, removeCamera } from "@/lib/camera-calls";
import type { CameraLine, CameraProblem } from "@/lib/cameras";
import { plural } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import { LocalTime } from "../time";
import ui from "../ui.module.css";
import { CameraDialog } from "./camera-dialog";
import { CameraLinks } from "./camera-links";
import { CameraState } from "./camera-state";
import styles from "./cameras.module.css";
import { RemoveDialog } from "./remove-dialog";

/** Rates and ages are told by nobody but whoever is asked. */
const REFRESH_MS = 3_000;

interface CamerasListProps {
  lines: CameraLine[];
  /** How the cameras are that the relay reads is not known. */
  isRelayAway: boolean;
  mayChange: boolean;
}

type Open = { dialog: "form"; camera: CameraLine | null } | { dialog: "remove"; camera: CameraLine };

/** The cameras, each with what can be done to it by whoever may. */
export function CamerasList({ lines: read, isRelayAway, mayChange }: CamerasListProps) {
  const { cameras } = useI18n().t;
  const router = useRouter();
  const [open, setOpen] = useState<Open | null>(null);
  const [note, setNote] = useState("");
  useRefresh(REFRESH_MS);
  const lines = useCameraNews(read);
  // What is changed is looked at as it is now, not as it was when the window opened.
  const current = (id: string) => lines.find((line) => line.id === id);

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
      {isRelayAway && (
        <p className={`${ui.notice} ${ui.spaced}`} data-tone="warn" role="status" data-testid="cameras-relay-away">
          {cameras.relayAway}
        </p>
      )}
      <ul className={styles.list}>
        {lines.map((camera) => (
          <CameraCard
            key={camera.id}
            camera={camera}
            isRelayAway={isRelayAway}
            mayChange={mayChange}
            onAdopted={() => done(cameras.live.adopted)}
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
          camera={open.camera && (current(open.camera.id) ?? open.camera)}
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
  isRelayAway: boolean;
  mayChange: boolean;
  onAdopted: () => void;
  onChange: () => void;
  onRemove: () => void;
}

function CameraCard({ camera, isRelayAway, mayChange, onAdopted, onChange, onRemove }: CameraCardProps) {
  const { cameras } = useI18n().t;
  const { id, name, location, isActive, stream, faces, unknown, lastEventAt, isStored, atRelay } = camera;
  const isUnread = isStored && stream !== null && atRelay === null && !isRelayAway;
  const quiet = `${ui.button} ${ui.quiet} ${ui.compact}`;
  return (
    <li className={`${ui.card} ${styles.camera}`} data-testid="camera" data-id={id} data-active={isActive}>
      <div className={styles.head}>
        <h2>{name}</h2>
        <span className={ui.badge} data-tone={isActive ? "good" : "warn"} data-testid="camera-state">
          {isActive ? cameras.states.on : cameras.states.off}
        </span>
        {!isStored && (
          <span className={ui.badge} data-tone="info" data-testid="camera-stray">
            {cameras.live.strayBadge}
          </span>
        )}
        {location !== null && <p className="muted">{location}</p>}
      </div>
      {!isActive && stream === null && <p className="muted small">{cameras.offText}</p>}
      {atRelay !== null && <CameraState camera={camera} atRelay={atRelay} />}
      {isUnread && <p className="muted small">{cameras.live.unread}</p>}
      {!isStored && <p className="muted small">{cameras.live.stray}</p>}
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
      {stream === null && <CameraLinks id={id} name={name} />}
      <div className={styles.actions}>
        {isStored && (
          <Link className={quiet} href={`/events?camera=${encodeURIComponent(id)}`} data-testid="camera-events">
            {cameras.events}
            <Of name={name} />
          </Link>
        )}
        {mayChange && !isStored && <Adopt camera={camera} onAdopted={onAdopted} />}
        {mayChange && isStored && (
          <>
            <button className={quiet} type="button" data-testid="camera-change" onClick={onChange}>
              {cameras.change}
              <Of name={name} />
            </button>
            <Switch camera={camera} isUnread={isUnread} />
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

/** On and off; or has the relay begin with a camera that it does not know. */
function Switch({ camera: { id, name, isActive }, isUnread }: { camera: CameraLine; isUnread: boolean }) {
  const { cameras } = useI18n().t;
  const text = isUnread ? cameras.live.read : isActive ? cameras.switchOff : cameras.switchOn;
  return (
    <Deed name={name} text={text} testId="camera-switch" onDo={() => changeCamera(id, { isActive: isUnread || !isActive })} />
  );
}

/** Takes a camera of the relay into this app. */
function Adopt({ camera: { id, name }, onAdopted }: { camera: CameraLine; onAdopted: () => void }) {
  const { live } = useI18n().t.cameras;
  async function adopt() {
    const problem = await adoptCamera(id);
    if (problem === null) onAdopted();
    return problem;
  }
  return <Deed name={name} text={live.adopt} testId="camera-adopt" onDo={adopt} />;
}

interface DeedProps {
  /** Of the camera. */
  name: string;
  text: string;
  testId: string;
  /** Does it; what was in the way, `null` for nothing. */
  onDo: () => Promise<CameraProblem | null>;
}

/** A button that does something at once, and says what was in the way. */
function Deed({ name, text, testId, onDo }: DeedProps) {
  const { cameras } = useI18n().t;
  const router = useRouter();
  const [state, setState] = useState<"idle" | "working" | CameraProblem>("idle");
  async function run() {
    setState("working");
    setState((await onDo()) ?? "idle");
    router.refresh();
  }
  return (
    <>
      <button
        className={`${ui.button} ${ui.quiet} ${ui.compact}`}
        type="button"
        data-testid={testId}
        disabled={state === "working"}
        onClick={() => void run()}
      >
        {text}
        <Of name={name} />
      </button>
      {state !== "idle" && state !== "working" && (
        <span className={styles.problem} role="alert" data-testid="camera-problem" data-problem={state}>
          {cameras.problems[state]}
        </span>
      )}
    </>
  );
}
