/** What the rows of every dialect hold. */

export const DETECTION_STATUSES = ["MATCHED", "NEW_FACE", "MULTIPLE_MATCHES", "UNKNOWN"] as const;

export type DetectionStatus = (typeof DETECTION_STATUSES)[number];

/** That a detection's face is not of the person whom it names, as the relay holds it too. */
export interface StoredCorrection {
  /** The relay's id of the event. */
  relayEventId: number;
  /** Who it was instead, where somebody said so. */
  name: string | null;
  /** `identityKey(…)` of that name. */
  nameKey: string | null;
}

/** What a detection keeps beside its columns. Never an embedding, never a picture. */
export interface DetectionMetadata {
  /** The name that was sent; `null` for an unknown face and after the person was forgotten. */
  name: string | null;
  /** On the wire's scale, where 0.6 is the threshold. */
  distance: number | null;
  /** Whole pixels of the frame. */
  box: { top: number; right: number; bottom: number; left: number } | null;
  /** Left out where nobody said anything against it. */
  correction?: StoredCorrection;
}

/** `{vector: […]}`: 128 numbers of the model named in the profile's `version`. */
export interface StoredEmbedding {
  vector: number[];
}

/** What somebody did to people, events or settings by this app. */
export const AUDIT_ACTIONS = [
  "account.created",
  "account.changed",
  "account.removed",
  "camera.added",
  "camera.changed",
  "camera.removed",
  "event.corrected",
  "event.correction-undone",
  "event.snapshot-removed",
  "people.imported",
  "person.enrolled",
  "person.changed",
  "person.sample-removed",
  "person.forgotten",
  "settings.changed",
  "upgrade.decided",
  "webhook.added",
  "webhook.changed",
  "webhook.removed",
  "webhook.replayed",
  "webhook.secret-changed",
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Figures and switches of an action, never a secret, never an embedding. */
export type AuditDetails = Record<string, string | number | boolean | null>;
