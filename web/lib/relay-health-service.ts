/** How the relay is, asked by this app's server. */
import "server-only";

import { readFigures, readHealth, type RelayFigures, type RelayHealth } from "./relay-health";
import { askRelay, jsonOf } from "./relay-rest";

const NO_FIGURES: RelayFigures = { uptimeSeconds: null, encodings: null, webhooksFailing: null };

/** `null` while the relay does not answer. A relay that keeps its metrics to itself is healthy all the same. */
export async function relayHealth(): Promise<(RelayHealth & RelayFigures) | null> {
  const [health, metrics] = await Promise.all([askRelay("GET", "v1/health"), askRelay("GET", "metrics")]);
  const read = health.ok ? readHealth(jsonOf(health.text)) : null;
  return read && { ...read, ...(metrics.ok ? readFigures(metrics.text) : NO_FIGURES) };
}
