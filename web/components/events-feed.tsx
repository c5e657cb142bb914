"use client";

import { useCallback, useEffect, useRef, useState } from "react";

import type { EventLine } from "@/db/detections";
import type { DetectionStatus } from "@/db/schema";
import { EVENTS_PAGE, merged, newest, type EventsAnswer } from "@/lib/events-feed";

import styles from "./events-feed.module.css";
import { useI18n } from "./i18n-provider";
import { Percentage } from "./percentage";
import { LocalTime } from "./time";
import ui from "./ui.module.css";

const POLL_MS = 2_000;

const TONES: Record<DetectionStatus, string> = {
  MATCHED: "good",
  NEW_FACE: "info",
  MULTIPLE_MATCHES: "warn",
  UNKNOWN: "bad",
};

/** The events, newest first, growing as new ones arrive. */
export function EventsFeed({ initial }: { initial: EventLine[] }) {
  const { t } = useI18n();
  const { lines, fresh, connected, older } = useEvents(initial);
  return (
    <section aria-label={t.events.title}>
      <p className={styles.live} data-testid="events-live" data-connected={connected} role="status">
        <span className={styles.pulse} data-connected={connected} aria-hidden="true" />
        {connected ? t.events.live : t.events.paused}
      </p>
      {lines.length === 0 ? (
        <div className={`${ui.card} ${ui.empty}`} data-testid="events-empty">
          <h2>{t.events.empty}</h2>
          <p className="muted">{t.events.emptyHint}</p>
        </div>
      ) : (
        <EventsTable lines={lines} fresh={fresh} />
      )}
      {older.more && (
        <p className={styles.older}>
          <button className={`${ui.button} ${ui.quiet}`} type="button" disabled={older.loading} onClick={older.load}>
            {older.loading ? t.events.loadingOlder : t.events.older}
          </button>
        </p>
      )}
    </section>
  );
}

function EventsTable({ lines, fresh }: { lines: EventLine[]; fresh: ReadonlySet<string> }) {
  const { t } = useI18n();
  const { columns } = t.events;
  return (
    <div className={`${ui.card} ${ui.flush}`}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{columns.time}</th>
            <th scope="col">{columns.name}</th>
            <th scope="col">{columns.status}</th>
            <th scope="col">{columns.confidence}</th>
            <th scope="col">{columns.camera}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr
              key={line.id}
              className={fresh.has(line.id) ? styles.fresh : undefined}
              data-testid="event"
              data-status={line.status}
              data-name={line.name ?? ""}
            >
              <td className={styles.time}>
                <LocalTime iso={line.occurredAt} />
              </td>
              <td className={styles.name}>{line.name ?? <EventWithoutName status={line.status} />}</td>
              <td className={styles.status}>
                <span className={ui.badge} data-tone={TONES[line.status]}>
                  {t.events.statuses[line.status]}
                </span>
              </td>
              <td className={styles.confidence}>
                {line.status === "UNKNOWN" || line.confidence === null ? (
                  <span className="muted">—</span>
                ) : (
                  <Percentage share={line.confidence} />
                )}
              </td>
              <td className={`${styles.camera} muted`}>{line.cameraName}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function EventWithoutName({ status }: { status: DetectionStatus }) {
  const { t } = useI18n();
  return <span className="muted">{status === "UNKNOWN" ? t.events.unknown : t.events.forgotten}</span>;
}

/** The list, kept up to date while the page is in view. */
function useEvents(initial: EventLine[]) {
  const [lines, setLines] = useState(initial);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [connected, setConnected] = useState(true);
  const [more, setMore] = useState(initial.length >= EVENTS_PAGE);
  const [loading, setLoading] = useState(false);
  const cursor = useRef(newest(initial));

  useEffect(() => {
    const abort = new AbortController();
    const poll = async () => {
      if (document.hidden) return;
      try {
        const arrived = await fetchEvents(`after=${cursor.current}`, abort.signal);
        setConnected(true);
        if (arrived.length === 0) return;
        cursor.current = newest(arrived);
        setFresh(new Set(arrived.map((line) => line.id)));
        setLines((shown) => merged(shown, arrived));
      } catch {
        if (!abort.signal.aborted) setConnected(false);
      }
    };
    let timer = setTimeout(function again() {
      void poll().finally(() => {
        if (!abort.signal.aborted) timer = setTimeout(again, POLL_MS);
      });
    }, POLL_MS);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, []);

  const oldest = lines.at(-1)?.sequence;
  const load = useCallback(() => {
    if (oldest === undefined) return;
    setLoading(true);
    fetchEvents(`before=${oldest}`)
      .then((arrived) => {
        setLines((shown) => merged(shown, arrived));
        setMore(arrived.length >= EVENTS_PAGE);
      })
      .catch(() => {
        setConnected(false);
      })
      .finally(() => {
        setLoading(false);
      });
  }, [oldest]);

  return { lines, fresh, connected, older: { more, loading, load } };
}

async function fetchEvents(query: string, signal?: AbortSignal): Promise<EventLine[]> {
  const response = await fetch(`/api/events?${query}`, { cache: "no-store", ...(signal && { signal }) });
  if (!response.ok) throw new Error(`the events answered ${response.status}`);
  const { events }: EventsAnswer = await response.json();
  return events;
}
