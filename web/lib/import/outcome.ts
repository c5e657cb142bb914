/** What becomes of what is imported, as the route says it. */
import type { Field } from "./fields";

/** Why a line or a row is not taken. */
export const REASONS = [
  "cells",
  "no-name",
  "name",
  "email",
  "dni",
  "unit",
  "kind",
  "clientId",
  "reserved-name",
  "nobody",
  "several",
  "disagree",
  "not-a-face",
  "relay-refused",
  "relay-unreachable",
  "failed",
] as const;

export type Reason = (typeof REASONS)[number];

/** What was taken, or would be. */
export interface Taken {
  /** Whose it is, as they are on file. */
  name: string;
  isNew: boolean;
  /** Details that were missing. */
  filled: Field[];
  /** Details of which something else is on file, and stays. */
  kept: Field[];
  /** Samples that are new. */
  added: number;
  /** Samples that the relay has of this person already. */
  there: number;
}

export type Outcome = { refused: Reason } | Taken;

/** An answer that the route gives for a whole request. */
export type ImportProblem = "invalid-batch" | "too-large" | "relay-unreachable" | "failed";

export const IMPORT_STATUS: Record<ImportProblem, number> = {
  "invalid-batch": 400,
  "too-large": 413,
  "relay-unreachable": 503,
  failed: 500,
};
