"use client";

import { useState } from "react";

import type { EventLine } from "@/db/detections";
import type { DetectionStatus } from "@/db/schema/values";
import { useEvents } from "@/hooks/use-events";
import { isCorrectable, type CorrectionProblem } from "@/lib/corrections";
import type { EventsAnswer } from "@/lib/events-feed";
import { fill } from "@/lib/i18n";

import { changeCorrection, CorrectionDialog } from "./correction-dialog";
import styles from "./events-feed.module.css";
import { useI18n } from "./i18n-provider";
import { Percentage } from "./percentage";
import { EventSnapshot } from "./snapshots/event-snapshot";
import { LocalTime } from "./time";
import ui from "./ui.module.css";

const TONES: Record<DetectionStatus, string> = {
  MATCHED: "good",
  NEW_FACE: "info",
  MULTIPLE_MATCHES: "warn",
  UNKNOWN: "bad",
};

interface EventsFeedProps {
  initial: EventsAnswer;
  /** The filters, as `filtersQuery` writes them; empty for none. */
  query: string;
  /** Whether events that arrive can pass them. */
  live: boolean;
}

/** The events, newest first, growing as new ones arrive. */
export function EventsFeed({ initial, query, live }: EventsFeedProps) {
  const { t } = useI18n();
  const { lines, fresh, connected, replace, older } = useEvents({ initial, query, live });
  const [doubted, setDoubted] = useState<EventLine | null>(null);
  return (
    <section aria-label={t.events.title}>
      {live ? (
        <p className={styles.live} data-testid="events-live" data-connected={connected} role="status">
          <span className={styles.pulse} data-connected={connected} aria-hidden="true" />
          {connected ? t.events.live : t.events.paused}
        </p>
      ) : (
        <p className={styles.live} data-testid="events-past">
          {t.history.past}
        </p>
      )}
      {lines.length === 0 && query !== "" ? (
        <div className={`${ui.card} ${ui.empty}`} data-testid="events-none-fit">
          <h2>{t.history.noneFit}</h2>
          <p className="muted">{t.history.noneFitHint}</p>
        </div>
      ) : lines.length === 0 ? (
        <div className={`${ui.card} ${ui.empty}`} data-testid="events-empty">
          <h2>{t.events.empty}</h2>
          <p className="muted">{t.events.emptyHint}</p>
        </div>
      ) : (
        <EventsTable lines={lines} fresh={fresh} onDoubt={setDoubted} onChanged={replace} />
      )}
      {older.more && (
        <p className={styles.older}>
          <button className={`${ui.button} ${ui.quiet}`} type="button" disabled={older.loading} onClick={older.load}>
            {older.loading ? t.events.loadingOlder : t.events.older}
          </button>
        </p>
      )}
      {doubted && <CorrectionDialog line={doubted} onCorrected={replace} onClose={() => setDoubted(null)} />}
    </section>
  );
}

interface EventsTableProps {
  lines: EventLine[];
  fresh: ReadonlySet<string>;
  /** Somebody wants to say that the event's face is not of whom it names. */
  onDoubt: (line: EventLine) => void;
  /** A correction was taken back, or a picture deleted. */
  onChanged: (line: EventLine) => void;
}

function EventsTable({ lines, fresh, onDoubt, onChanged }: EventsTableProps) {
  const { t } = useI18n();
  const { columns } = t.events;
  const hasPictures = lines.some(({ snapshot }) => snapshot !== null);
  return (
    <div className={`${ui.card} ${ui.flush}`}>
      <table className={styles.table} data-pictures={hasPictures}>
        <thead>
          <tr>
            <th scope="col">{columns.time}</th>
            <th scope="col">{columns.name}</th>
            <th scope="col">{columns.status}</th>
            <th scope="col">{columns.confidence}</th>
            <th scope="col">{columns.camera}</th>
            <th scope="col">
              <span className="visually-hidden">{columns.correction}</span>
            </th>
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
              data-corrected={line.correction !== null}
            >
              <td className={styles.time}>
                <LocalTime iso={line.occurredAt} />
              </td>
              <td className={styles.name}>
                <div className={styles.who}>
                  <EventSnapshot line={line} onRemoved={onChanged} />
                  <div>
                    <EventName line={line} />
                  </div>
                </div>
              </td>
              <td className={styles.status}>
                {line.correction ? (
                  <span className={ui.badge} data-tone="warn">
                    {t.events.correction.corrected}
                  </span>
                ) : (
                  <span className={ui.badge} data-tone={TONES[line.status]}>
                    {t.events.statuses[line.status]}
                  </span>
                )}
              </td>
              <td className={styles.confidence}>
                {line.status === "UNKNOWN" || line.confidence === null ? (
                  <span className="muted">—</span>
                ) : (
                  <Percentage share={line.confidence} />
                )}
              </td>
              <td className={`${styles.camera} muted`}>{line.cameraName}</td>
              <td className={styles.correction}>
                {isCorrectable(line) && (
                  <button
                    className={styles.doubt}
                    type="button"
                    data-testid="event-correct"
                    onClick={() => onDoubt(line)}
                  >
                    {t.events.correction.notThisPerson}
                    <span className="visually-hidden">: {line.name}</span>
                  </button>
                )}
                {line.correction && <Undo line={line} onUndone={onChanged} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Who is named; crossed out where somebody objected, with who it was. */
function EventName({ line: { name, client, status, correction } }: { line: EventLine }) {
  const { t } = useI18n();
  if (name === null) {
    return <span className="muted">{status === "UNKNOWN" ? t.events.unknown : t.events.forgotten}</span>;
  }
  const facts = [client?.unit, client?.kind].filter((fact) => fact != null).join(" · ");
  if (correction === null) {
    return (
      <>
        {name}
        {client && (
          <span className={`${styles.client} muted`} data-testid="event-client">
            {facts === "" ? t.history.onFile : fill(t.history.onFileWith, { facts })}
          </span>
        )}
      </>
    );
  }
  return (
    <>
      <del className="muted">{name}</del>
      {correction.name !== null && (
        <span className={styles.actual}>{fill(t.events.correction.was, { name: correction.name })}</span>
      )}
    </>
  );
}

function Undo({ line, onUndone }: { line: EventLine; onUndone: (line: EventLine) => void }) {
  const { t } = useI18n();
  const [state, setState] = useState<"idle" | "working" | CorrectionProblem>("idle");
  async function undo() {
    setState("working");
    const answer = await changeCorrection(line.id, { method: "DELETE" });
    if ("error" in answer) setState(answer.error.code);
    else onUndone(answer.event);
  }
  return (
    <>
      <button
        className={styles.doubt}
        type="button"
        data-testid="event-undo"
        disabled={state === "working"}
        onClick={() => void undo()}
      >
        {t.events.correction.undo}
        <span className="visually-hidden">: {line.name}</span>
      </button>
      {state !== "idle" && state !== "working" && (
        <span className={styles.undoProblem} role="alert">
          {t.events.correction.problems[state]}
        </span>
      )}
    </>
  );
}
