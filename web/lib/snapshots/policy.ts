/** Whether pictures of faces are kept beside their events, of whom, and for how long. */
import type { DetectionStatus } from "@/db/schema/values";

import { isRecord } from "../json";

export const SNAPSHOT_CHOICES = ["off", "unknown", "everybody"] as const;

/** Of whom: of nobody, of those whom the relay does not know, or of everybody who is reported. */
export type SnapshotChoice = (typeof SNAPSHOT_CHOICES)[number];

export interface SnapshotPolicy {
  of: SnapshotChoice;
  /** After how many days a picture is deleted. */
  days: number;
}

/** What holds until somebody chooses. */
export const NO_SNAPSHOTS: SnapshotPolicy = { of: "off", days: 7 };

/** Longest that a picture can be kept, in days. */
export const SNAPSHOT_DAYS_MAX = 90;

/** The policy in a route's body, or as it was stored; `null` for what makes no sense. */
export function readSnapshotPolicy(body: unknown): SnapshotPolicy | null {
  if (!isRecord(body)) return null;
  const of = SNAPSHOT_CHOICES.find((choice) => choice === body.of);
  const { days } = body;
  if (of === undefined || typeof days !== "number" || !Number.isInteger(days)) return null;
  return days >= 1 && days <= SNAPSHOT_DAYS_MAX ? { of, days } : null;
}

/** Whether a picture of an event of that status is kept. */
export function keepsSnapshotOf(choice: SnapshotChoice, status: DetectionStatus): boolean {
  if (choice === "off") return false;
  return choice === "everybody" || status === "UNKNOWN";
}
