/** What the relay was started with, in words: which figures are shown, and how. */
import { PENDING_REPORTS_MAX, REPORT_LIFETIME_MS, type RelayLimits } from "rostro/relay";

import type { Dictionary } from "./i18n";

/** A limit as it is shown. */
export type LimitFigure =
  | { unit: "seconds"; value: number }
  | { unit: "megapixels"; value: number }
  | { unit: "count"; value: number };

/** The limits in the order in which they are shown: those of what is told first, then those of what is sent. */
export function limitFigures(limits: RelayLimits): [keyof Dictionary["inUse"]["figures"], LimitFigure][] {
  const seconds = (value: number): LimitFigure => ({ unit: "seconds", value });
  const count = (value: number): LimitFigure => ({ unit: "count", value });
  return [
    ["coolDown", seconds(limits.cool_down_s)],
    ["reportAge", seconds(limits.report_age_max_s)],
    ["outbox", seconds(REPORT_LIFETIME_MS / 1000)],
    ["outboxSize", count(PENDING_REPORTS_MAX)],
    ["clockAhead", seconds(limits.clock_ahead_max_s)],
    ["faces", count(limits.report_faces_max)],
    ["samples", count(limits.samples_max)],
    ["picture", { unit: "megapixels", value: limits.picture_max_px / 1_000_000 }],
    ["waiting", count(limits.pictures_waiting_max)],
    ["sockets", count(limits.sockets_max)],
    ["webhooks", count(limits.webhooks_max)],
  ];
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** A length of time in the largest unit that holds it exactly: "7 days", "90 seconds". */
export function lengthOfTime(seconds: number, locale: string): string {
  const [unit, size] = UNITS.find(([, one]) => seconds >= one && seconds % one === 0) ?? (["second", 1] as const);
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
}
