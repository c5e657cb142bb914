/** What the relay's operator can choose, as pages and routes speak of it. */
import type { PersonChange, RelaySettings, RelaySettingsChange, UpgradeDecision, UpgradeStatus } from "rostro/relay";

import { isRecord } from "./json";

/** How often a stranger may be given a name, one in so many: what is offered for everybody. */
export const RATES = [100, 1_000, 10_000, 100_000] as const;

/** What is offered for one person apart: twins, or somebody whom many resemble. */
export const PERSON_RATES = [1_000, 10_000, 100_000, 1_000_000] as const;

/** What counts where nobody chose. */
export const DEFAULT_RATE = 1_000;

/** Days that events can stay correctable. */
export const CORRECTABLE_DAYS_MAX = 366;

export const UPGRADE_POLICIES = ["off", "ask", "auto"] as const;

export type UpgradePolicy = (typeof UPGRADE_POLICIES)[number];

/** The settings page's contents. */
export interface RelayChoices {
  settings: RelaySettings;
  upgrades: UpgradeStatus;
}

/** Why something was not saved; each has its text in the dictionary. */
export type SavingProblem = "invalid" | "gone" | "relay-unreachable" | "failed";

/** What the routes answer that change something here: nothing, or why not. */
export interface SavingRefusal {
  error: { code: SavingProblem };
}

export const SAVING_STATUS: Record<SavingProblem, number> = {
  invalid: 400,
  gone: 404,
  "relay-unreachable": 503,
  failed: 502,
};

/** The change of settings in a route's body; `null` for one that changes nothing or makes no sense. */
export function readSettingsChange(body: unknown): RelaySettingsChange | null {
  if (!isRecord(body)) return null;
  const { stranger_named_one_in: rate, correctable_days: days, upgrade } = body;
  const change: RelaySettingsChange = {};
  if (rate !== undefined) {
    if (!isRate(rate)) return null;
    change.stranger_named_one_in = rate;
  }
  if (days !== undefined) {
    if (!isWhole(days) || days < 0 || days > CORRECTABLE_DAYS_MAX) return null;
    change.correctable_days = days;
  }
  if (upgrade !== undefined) {
    const policy = UPGRADE_POLICIES.find((known) => known === upgrade);
    if (policy === undefined) return null;
    change.upgrade = policy;
  }
  return Object.keys(change).length > 0 ? change : null;
}

/** The change of one person in a route's body; `null` for one that makes no sense. */
export function readPersonChange(body: unknown): PersonChange | null {
  if (!isRecord(body)) return null;
  const { stranger_named_one_in: rate } = body;
  return isRate(rate) ? { stranger_named_one_in: rate } : null;
}

/** The answer to a proposal in a route's body. */
export function readDecision(body: unknown): UpgradeDecision | null {
  const decision = isRecord(body) ? body.decision : undefined;
  return decision === "accept" || decision === "refuse" ? decision : null;
}

/** `offered`, and what is set where that is none of them. */
export function withChosen(offered: readonly number[], chosen: number | null): number[] {
  if (chosen === null || offered.includes(chosen)) return [...offered];
  return [...offered, chosen].toSorted((a, b) => a - b);
}

/** How far the move from dlib to SFace is, in people. */
export function moved({ dlib_only, both, sface_only }: UpgradeStatus): { done: number; total: number } {
  const done = both + sface_only;
  return { done, total: done + dlib_only };
}

function isRate(value: unknown): value is number | null {
  return value === null || (isWhole(value) && value >= 10 && value <= 100_000_000);
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value);
}
