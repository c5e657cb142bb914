"use client";

import { useState } from "react";
import type { CameraStatus, RelayCameraState } from "rostro/relay";

import type { CameraLine } from "@/lib/cameras";
import { fill, plural } from "@/lib/i18n";
import type { CameraAtRelay } from "@/lib/relay-cameras";

import { Dot, type Tone } from "../dot";
import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import styles from "./camera-state.module.css";
import { Snapshot } from "./snapshot";
import { WatchDialog } from "./watch-dialog";

const TONES: Record<RelayCameraState, Tone> = {
  connecting: "info",
  live: "good",
  stalled: "warn",
  "auth-failed": "bad",
  unsupported: "bad",
  stopped: "muted",
};

/** Pictures that came so lately came just now, in milliseconds. */
const NOW_MS = 2_000;

/** How the relay finds a camera that it reads, with what it sees; or whether a browser drives it. */
export function CameraState({ camera, atRelay }: { camera: CameraLine; atRelay: CameraAtRelay }) {
  const { locale, t } = useI18n();
  const { live } = t.cameras;
  const [isWatched, setWatched] = useState(false);
  const { id, status, isRead, isOfEnvironment } = atRelay;
  if (!isRead) return <Driven state={status.state} />;
  const figures = { maximumFractionDigits: 1 };
  return (
    <section className={styles.state} aria-label={`${live.title}: ${camera.name}`}>
      <div className={styles.side}>
        <p className={styles.word} data-testid="camera-live" data-state={status.state} data-fault={status.fault ?? ""}>
          <Dot tone={toneOf(status)} />
          {live.states[status.state]}
        </p>
        <Reason status={status} />
        <dl className={styles.figures}>
          <div>
            <dt>{live.framesPerSecond}</dt>
            <dd className="numeric" data-testid="camera-fps" data-value={status.frames_per_second}>
              {status.frames_per_second.toLocaleString(locale, figures)}
              {status.state === "live" && (
                <span className="muted small">
                  {" · "}
                  {fill(live.looks, { count: status.looks_per_second.toLocaleString(locale, figures) })}
                </span>
              )}
            </dd>
          </div>
          <div>
            <dt>{live.lastPicture}</dt>
            <dd className="numeric">
              <Age ms={status.last_frame_age_ms} />
              {status.width !== null && status.height !== null && (
                <span className="muted small">
                  {" · "}
                  {fill(live.size, { width: status.width, height: status.height })}
                </span>
              )}
            </dd>
          </div>
        </dl>
        {isOfEnvironment && <p className="muted small">{live.ofEnvironment}</p>}
        {status.viewers > 0 && <p className="muted small">{plural(live.viewers, status.viewers)}</p>}
      </div>
      <div className={styles.picture}>
        <Snapshot id={id} name={camera.name} isLive={status.state === "live"} />
        <button
          className={`${ui.button} ${ui.quiet} ${ui.compact}`}
          type="button"
          data-testid="camera-watch"
          onClick={() => setWatched(true)}
        >
          {live.watch}
          <span className="visually-hidden">: {camera.name}</span>
        </button>
      </div>
      {isWatched && <WatchDialog id={id} name={camera.name} status={status} onClose={() => setWatched(false)} />}
    </section>
  );
}

/** A camera that is live with a fault recognises nobody. */
function toneOf({ state, fault }: CameraStatus): Tone {
  return state === "live" && fault !== null ? "warn" : TONES[state];
}

function Driven({ state }: { state: RelayCameraState }) {
  const { live } = useI18n().t.cameras;
  const text = state === "live" || state === "connecting" ? live.driven[state] : live.states[state];
  return (
    <p className={styles.word} data-testid="camera-live" data-state={state}>
      <Dot tone={state === "live" ? "good" : "muted"} />
      {text}
    </p>
  );
}

/** Why it is not live, in plain words, and what the relay itself says of what it met. */
export function Reason({ status: { fault, reason } }: { status: CameraStatus }) {
  const { live } = useI18n().t.cameras;
  if (fault === null) return null;
  const [before, after] = live.said.split("{reason}");
  return (
    <div className={styles.reason} data-testid="camera-reason" data-fault={fault}>
      {/* A newer relay may know of more. */}
      {Object.hasOwn(live.faults, fault) && <p>{live.faults[fault]}</p>}
      {reason !== null && (
        <p className="muted small">
          {before}
          <span lang="en">{reason}</span>
          {after}
        </p>
      )}
    </div>
  );
}

function Age({ ms }: { ms: number | null }) {
  const { locale, t } = useI18n();
  const { live } = t.cameras;
  if (ms === null) return <>{live.noPicture}</>;
  if (ms < NOW_MS) return <>{live.now}</>;
  return <>{fill(live.ago, { time: duration(ms, locale) })}</>;
}

function duration(ms: number, locale: string): string {
  const seconds = Math.round(ms / 1_000);
  const [value, unit] =
    seconds < 60 ? [seconds, "second"] : seconds < 3_600 ? [Math.round(seconds / 60), "minute"] : [Math.round(seconds / 3_600), "hour"];
  return new Intl.NumberFormat(locale, { style: "unit", unit: String(unit), unitDisplay: "short" }).format(Number(value));
}
