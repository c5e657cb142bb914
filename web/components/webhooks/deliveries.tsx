"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { useRefresh } from "@/hooks/use-refresh";
import { fill, plural } from "@/lib/i18n";
import { callWebhooks, replayedIn } from "@/lib/webhook-calls";
import type { WebhookProblem } from "@/lib/webhook-changes";
import { DELIVERY_STATES, type Delivery, type DeliveryPage, type DeliveryState } from "@/lib/webhooks";

import { useI18n } from "../i18n-provider";
import { LocalTime } from "../time";
import ui from "../ui.module.css";
import { ConfirmDialog } from "./confirm-dialog";
import styles from "./deliveries.module.css";

const REFRESH_MS = 5_000;

const TONES: Record<DeliveryState, string> = { pending: "info", failing: "warn", dead: "bad", delivered: "good" };

interface DeliveriesProps {
  webhookId: string;
  page: DeliveryPage;
  /** Which are shown; `null` for all. */
  state: DeliveryState | null;
  /** Whether newer ones were left out: this is not the first page. */
  isLater: boolean;
  /** Whether any was given up. */
  hasDead: boolean;
}

/** What became of a receiver's deliveries, newest first, and sending again what was given up. */
export function Deliveries({ webhookId, page, state, isLater, hasDead }: DeliveriesProps) {
  const { t } = useI18n();
  const { deliveries: texts } = t.webhooks;
  const [asking, setAsking] = useState(false);
  const { note, replay } = useReplay(webhookId);
  useRefresh(REFRESH_MS);
  const address = (wanted: DeliveryState | null, before: number | null = null) => ({
    pathname: `/webhooks/${webhookId}`,
    query: { ...(wanted !== null && { state: wanted }), ...(before !== null && { before }) },
  });
  return (
    <section aria-label={texts.title}>
      <div className={styles.bar}>
        <nav className={styles.states} aria-label={texts.show}>
          {[null, ...DELIVERY_STATES].map((wanted) => (
            <Link
              key={wanted ?? "all"}
              href={address(wanted)}
              aria-current={wanted === state ? "page" : undefined}
              data-testid={`deliveries-${wanted ?? "all"}`}
            >
              {wanted === null ? texts.all : texts.filters[wanted]}
            </Link>
          ))}
        </nav>
        {hasDead && (
          <button
            className={`${ui.button} ${ui.compact}`}
            type="button"
            data-testid="replay-all"
            onClick={() => setAsking(true)}
          >
            {texts.replayAll}
          </button>
        )}
      </div>
      <p className={styles.note} role="status" data-testid="replay-note" data-tone={note?.tone}>
        {note?.text}
      </p>
      {page.deliveries.length === 0 ? (
        <div className={`${ui.card} ${ui.empty}`} data-testid="deliveries-empty">
          <h2>{state === null ? texts.none : texts.noneSuch}</h2>
          <p className="muted">{texts.noneHint}</p>
        </div>
      ) : (
        <DeliveriesTable deliveries={page.deliveries} onReplay={(id) => replay({ delivery: id })} />
      )}
      <p className={styles.pages}>
        {isLater && (
          <Link className={`${ui.button} ${ui.quiet} ${ui.compact}`} href={address(state)}>
            {texts.newest}
          </Link>
        )}
        {page.nextBefore !== null && (
          <Link
            className={`${ui.button} ${ui.quiet} ${ui.compact}`}
            href={address(state, page.nextBefore)}
            data-testid="deliveries-older"
          >
            {texts.older}
          </Link>
        )}
      </p>
      {asking && (
        <ConfirmDialog
          title={texts.replayAllTitle}
          text={texts.replayAllText}
          address={null}
          confirm={texts.replayAllConfirm}
          onConfirm={() => replay({ all: "dead" })}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

interface Note {
  tone: "good" | "bad";
  text: string;
}

/** Asks for deliveries to be sent again, and says what came of it. */
function useReplay(webhookId: string) {
  const { webhooks } = useI18n().t;
  const router = useRouter();
  const [note, setNote] = useState<Note | null>(null);
  async function replay(wanted: { delivery: number } | { all: "dead" }): Promise<WebhookProblem | null> {
    const called = await callWebhooks("POST", [webhookId, "replay"], wanted);
    router.refresh();
    if (!called.ok) {
      setNote({ tone: "bad", text: webhooks.problems[called.problem] });
      return called.problem;
    }
    setNote({ tone: "good", text: plural(webhooks.deliveries.replayed, replayedIn(called) ?? 0) });
    return null;
  }
  return { note, replay };
}

interface DeliveriesTableProps {
  deliveries: readonly Delivery[];
  onReplay: (id: number) => Promise<unknown>;
}

function DeliveriesTable({ deliveries, onReplay }: DeliveriesTableProps) {
  const { t } = useI18n();
  const { deliveries: texts } = t.webhooks;
  const [working, setWorking] = useState<number | null>(null);
  async function replay(id: number) {
    setWorking(id);
    await onReplay(id);
    setWorking(null);
  }
  return (
    <div className={`${ui.card} ${ui.flush}`}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{texts.columns.event}</th>
            <th scope="col">{texts.columns.state}</th>
            <th scope="col">{texts.columns.attempts}</th>
            <th scope="col">{texts.columns.lastFailure}</th>
            <th scope="col">{texts.columns.when}</th>
            <th scope="col">
              <span className="visually-hidden">{texts.columns.replay}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <tr
              key={delivery.id}
              data-testid="delivery"
              data-id={delivery.id}
              data-state={delivery.state}
              data-attempts={delivery.attempts}
            >
              <td className={`${styles.event} numeric`}>{fill(texts.event, { id: delivery.eventId })}</td>
              <td className={styles.state}>
                <span className={ui.badge} data-tone={TONES[delivery.state]}>
                  {texts.states[delivery.state]}
                </span>
              </td>
              <td className={`${styles.attempts} numeric`}>
                <span className={styles.bare}>{delivery.attempts}</span>
                <span className={styles.counted}>{plural(texts.attempts, delivery.attempts)}</span>
              </td>
              <td className={styles.failure} data-testid="delivery-failure">
                {delivery.lastFailure ?? <span className="muted">—</span>}
              </td>
              <td className={`${styles.when} muted`}>
                <When delivery={delivery} />
              </td>
              <td className={styles.replay}>
                {(delivery.state === "dead" || delivery.state === "delivered") && (
                  <button
                    className={styles.again}
                    type="button"
                    data-testid="delivery-replay"
                    disabled={working === delivery.id}
                    onClick={() => void replay(delivery.id)}
                  >
                    {texts.replay}
                    <span className="visually-hidden">: {fill(texts.event, { id: delivery.eventId })}</span>
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Since when it waits its turn, when it is tried next, or when it was taken or given up. */
function When({ delivery: { dueAt, endedAt, state } }: { delivery: Delivery }) {
  const { deliveries: texts } = useI18n().t.webhooks;
  const iso = dueAt ?? endedAt;
  if (iso === null) return "—";
  const word = { pending: texts.queued, failing: texts.due, dead: texts.givenUp, delivered: texts.taken }[state];
  return (
    <>
      {word} <LocalTime iso={iso} />
    </>
  );
}
