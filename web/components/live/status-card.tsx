"use client";

import type { ReactNode } from "react";
import { peopleIn, type EngineState, type Relay, type WatchedFrame } from "rostro/react";

import { fill, plural } from "@/lib/i18n";

import { Dot, type Tone } from "../dot";
import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import styles from "./side.module.css";

interface StatusCardProps {
  engine: EngineState;
  relay: Relay;
  watched: WatchedFrame | null;
}

const ENGINE_TONES: Record<EngineState["phase"], Tone> = {
  idle: "muted",
  loading: "info",
  ready: "good",
  failed: "bad",
};

const CHANNEL_TONES = { connecting: "info", up: "good", down: "bad" } as const;

/** How engine, relay, gallery and camera are. */
export function StatusCard({ engine, relay, watched }: StatusCardProps) {
  const { locale, t } = useI18n();
  const { rest, socket, waiting } = relay.state;
  return (
    <section className={ui.card} aria-labelledby="status-title">
      <h2 id="status-title">{t.status.title}</h2>
      <dl className={styles.status}>
        <Line label={t.status.engine} tone={ENGINE_TONES[engine.phase]} testId="engine-state" state={engine.phase}>
          {t.status.engineStates[engine.phase]}
        </Line>
        <Line label={t.status.rest} tone={CHANNEL_TONES[rest]} testId="relay-rest" state={rest}>
          {t.status.channels[rest]}
        </Line>
        <Line label={t.status.socket} tone={CHANNEL_TONES[socket]} testId="relay-socket" state={socket}>
          {t.status.channels[socket]}
        </Line>
        {waiting > 0 && (
          <Line label={t.status.waiting} tone="warn" testId="relay-waiting" state={String(waiting)}>
            {plural(t.status.reports, waiting)}
          </Line>
        )}
        <Line
          label={t.status.gallery}
          tone={relay.galleries === null ? "muted" : rest === "up" ? "good" : "warn"}
          testId="gallery"
          state={relay.galleries === null ? "none" : String(peopleIn(relay.galleries))}
        >
          <GalleryText relay={relay} />
        </Line>
        <Line
          label={t.live.framesPerSecond}
          tone={watched ? "good" : "muted"}
          testId="fps"
          state={watched ? watched.framesPerSecond.toFixed(1) : "none"}
        >
          {watched ? watched.framesPerSecond.toLocaleString(locale, { maximumFractionDigits: 1 }) : "—"}
        </Line>
      </dl>
    </section>
  );
}

function GalleryText({ relay }: { relay: Relay }) {
  const { t } = useI18n();
  if (relay.galleries === null) return t.status.galleryNone;
  const people = plural(t.status.people, peopleIn(relay.galleries));
  return relay.state.rest === "down" ? fill(t.status.galleryStale, { people }) : people;
}

interface LineProps {
  label: string;
  tone: Tone;
  testId: string;
  state: string;
  children: ReactNode;
}

function Line({ label, tone, testId, state, children }: LineProps) {
  return (
    <div className={styles.line}>
      <dt>{label}</dt>
      <dd className="numeric" data-testid={testId} data-state={state}>
        <Dot tone={tone} />
        {children}
      </dd>
    </div>
  );
}
