/** How the relay is, read from its health and its metrics. */
import { isRecord } from "./json";

export interface RelayHealth {
  /** Whether a model is missing, or a webhook has been failing. */
  degraded: boolean;
  version: string;
  models: ModelState[];
  /** Webhook deliveries that wait. */
  deliveriesPending: number;
}

export interface ModelState {
  id: string;
  available: boolean;
  /** Why it is not available, in the relay's own words. */
  reason: string | null;
}

/** What the metrics say besides; `null` where they do not. */
export interface RelayFigures {
  uptimeSeconds: number | null;
  /** Encodings held of everybody. */
  encodings: number | null;
  /** Whether a delivery that waits has failed. */
  webhooksFailing: boolean | null;
}

/** The body of `GET /v1/health`; `null` for what is none. */
export function readHealth(body: unknown): RelayHealth | null {
  if (!isRecord(body) || !Array.isArray(body.models)) return null;
  const { status, version, deliveries_pending: pending } = body;
  if (typeof status !== "string" || typeof version !== "string" || typeof pending !== "number") return null;
  const models = body.models.filter(isRecord).flatMap(({ id, available, reason }): ModelState[] =>
    typeof id === "string"
      ? [{ id, available: available === true, reason: typeof reason === "string" ? reason : null }]
      : [],
  );
  return { degraded: status !== "ok", version, models, deliveriesPending: pending };
}

/** What is used of `GET /metrics`, which is OpenMetrics text. */
export function readFigures(text: string): RelayFigures {
  const failing = gauge(text, "rostro_webhooks_failing");
  return {
    uptimeSeconds: gauge(text, "rostro_uptime_seconds"),
    encodings: gauge(text, "rostro_encodings"),
    webhooksFailing: failing === null ? null : failing > 0,
  };
}

/** The value of a metric without labels. */
function gauge(text: string, name: string): number | null {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
  const value = Number(line?.split(" ")[1] ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}

/** A length of time in whole days, hours and minutes. */
export function span(seconds: number): { days: number; hours: number; minutes: number } {
  const minutes = Math.floor(seconds / 60);
  return { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
}
