/** Deliveries come at least once: what was stored is remembered, so that it is not stored twice. */
import type { StoredDetection } from "./webhook.js";

/** Remembers what became of deliveries, by their `webhook-id`. */
export interface DeliveryMemory {
  /** What `store` gave for that id the first time; it is called where nothing is known of the id, or where it failed. */
  once(webhookId: string, store: () => Promise<StoredDetection>): Promise<StoredDetection>;
}

const KEPT = 1_000;

/** The last deliveries of this process. */
export class RecentDeliveries implements DeliveryMemory {
  readonly #kept: number;
  readonly #detections = new Map<string, Promise<StoredDetection>>();

  constructor(kept = KEPT) {
    this.#kept = kept;
  }

  /** Two tries of one delivery at the same time share what the first stores. */
  once(webhookId: string, store: () => Promise<StoredDetection>): Promise<StoredDetection> {
    const known = this.#detections.get(webhookId);
    if (known !== undefined) return known;
    const stored = store();
    this.#detections.set(webhookId, stored);
    // One that failed is tried again when it comes again.
    stored.catch(() => this.#detections.delete(webhookId));
    const [oldest] = this.#detections.keys();
    if (this.#detections.size > this.#kept && oldest !== undefined) this.#detections.delete(oldest);
    return stored;
  }
}
