"use client";

import Link from "next/link";

import { useRefresh } from "@/hooks/use-refresh";
import { fill, plural } from "@/lib/i18n";
import { span, type ModelState, type RelayFigures, type RelayHealth } from "@/lib/relay-health";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import styles from "./status.module.css";

const REFRESH_MS = 10_000;

/** Whether the relay works, and what of it does not. `null` while it does not answer. */
export function HealthCard({ health }: { health: (RelayHealth & RelayFigures) | null }) {
  const { locale, t } = useI18n();
  useRefresh(REFRESH_MS);
  const { relayStatus } = t;
  const state = health === null ? "down" : health.degraded ? "degraded" : "ok";
  const tone = { down: "bad", degraded: "warn", ok: "good" }[state];
  return (
    <section className={`${ui.card} ${styles.card}`} data-testid="health" data-state={state}>
      <h2>{relayStatus.health}</h2>
      <p className={ui.notice} data-tone={tone} role="status">
        {relayStatus.states[state]}
      </p>
      {health !== null && (
        <>
          <dl className={styles.facts}>
            <div>
              <dt>{relayStatus.uptime}</dt>
              <dd>{health.uptimeSeconds === null ? "—" : <Uptime seconds={health.uptimeSeconds} />}</dd>
            </div>
            <div>
              <dt>{relayStatus.deliveries}</dt>
              <dd data-testid="health-deliveries">
                <Link href="/webhooks">{plural(relayStatus.deliveriesWaiting, health.deliveriesPending)}</Link>
                {health.webhooksFailing === true && (
                  <span className={ui.badge} data-tone="warn">
                    {relayStatus.deliveriesFailing}
                  </span>
                )}
              </dd>
            </div>
            <div>
              <dt>{relayStatus.store}</dt>
              <dd>
                {health.encodings === null
                  ? "—"
                  : fill(health.encodings === 1 ? relayStatus.encodings.one : relayStatus.encodings.other, {
                      count: health.encodings.toLocaleString(locale),
                    })}
              </dd>
            </div>
            <div>
              <dt>{relayStatus.version}</dt>
              <dd>{health.version}</dd>
            </div>
          </dl>
          <h3>{relayStatus.models}</h3>
          <ul className={styles.models}>
            {health.models.map((model) => (
              <ModelLine key={model.id} model={model} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function ModelLine({ model: { id, available, reason } }: { model: ModelState }) {
  const { relayStatus } = useI18n().t;
  const purposes: Record<string, string> = relayStatus.purposes;
  return (
    <li data-testid="health-model" data-model={id} data-available={available}>
      <span>
        {purposes[id] ?? id} <span className="muted small">{id}</span>
        {reason !== null && <span className={`${styles.reason} small`}>{reason}</span>}
      </span>
      <span className={ui.badge} data-tone={available ? "good" : "bad"}>
        {available ? relayStatus.available : relayStatus.missing}
      </span>
    </li>
  );
}

/** Its two largest units. */
function Uptime({ seconds }: { seconds: number }) {
  const { relayStatus } = useI18n().t;
  const { days, hours, minutes } = span(seconds);
  if (days > 0) return `${plural(relayStatus.days, days)} ${plural(relayStatus.hours, hours)}`;
  if (hours > 0) return `${plural(relayStatus.hours, hours)} ${plural(relayStatus.minutes, minutes)}`;
  return minutes > 0 ? plural(relayStatus.minutes, minutes) : relayStatus.justStarted;
}
