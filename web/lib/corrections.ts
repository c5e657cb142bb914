/** "That is not me", as pages and routes speak of it. */
import type { EventLine } from "@/db/detections";

import { isRecord } from "./json";

/** The longest name that the relay keeps as a note. */
const NAME_MAX = 200;

/** Why an event was not corrected, or the correction not taken back; each has its text in the dictionary. */
export type CorrectionProblem = "gone" | "too-old" | "not-corrected" | "invalid-name" | "relay-unreachable" | "failed";

/** What the route answers. */
export type CorrectionAnswer = { event: EventLine } | { error: { code: CorrectionProblem } };

export const CORRECTION_STATUS: Record<CorrectionProblem, number> = {
  gone: 404,
  "too-old": 410,
  "not-corrected": 409,
  "invalid-name": 400,
  "relay-unreachable": 503,
  failed: 502,
};

/** Who the face really was, out of the route's body; `null` where nobody says so, `undefined` for what is no name. */
export function readActualName(body: unknown): string | null | undefined {
  const name = isRecord(body) ? body.name : undefined;
  if (name === undefined || name === null) return null;
  if (typeof name !== "string") return undefined;
  const trimmed = name.trim();
  if (trimmed === "") return null;
  return trimmed.length <= NAME_MAX ? trimmed : undefined;
}

/** Whether the event's picture is to go with the correction, out of the route's body. */
export function removesPicture(body: unknown): boolean {
  return isRecord(body) && body.removesPicture === true;
}

/** What can be said against: an event that names somebody. */
export function isCorrectable({ name, status, correction }: EventLine): boolean {
  return name !== null && status !== "UNKNOWN" && correction === null;
}
