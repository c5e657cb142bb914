/** Says to the relay, then to this app's own records, that an event's face is not of the person whom it names. */
import "server-only";

import { RostroError, type RelayAdmin } from "rostro/next";

import { database, type Database } from "@/db/database";
import { detectionById, lineOf, storeCorrection } from "@/db/detections";
import type { DetectionEvent } from "@/db/schema";

import type { CorrectionAnswer, CorrectionProblem } from "./corrections";
import { identityKey } from "./identity";
import { findRelayEvent } from "./relay-event";
import { snapshotShelf } from "./snapshots/service";
import { removePicture } from "./snapshots/shelf";
import { withRelay } from "./with-relay";

/**
 * Corrects the event, in place of an earlier correction; `actualName` is kept as a note, and the picture goes where that
 * is asked for. The relay comes first: while it still gives the name, nothing here may say that it does not.
 */
export function correct(id: string, actualName: string | null, removesPicture: boolean): Promise<CorrectionAnswer> {
  return changed(id, async (db, event) => {
    const relayEventId = await withRelay(async (relay) => {
      const found = event.metadata?.correction?.relayEventId ?? (await correctableEvent(relay, event));
      if (typeof found === "number") await relay.correct(found, actualName ?? undefined);
      return found;
    });
    if (typeof relayEventId !== "number") return relayEventId;
    const nameKey = actualName === null ? null : identityKey(actualName);
    await storeCorrection(db, event, { relayEventId, name: actualName, nameKey });
    if (removesPicture) await removePicture(await snapshotShelf(), id);
    return null;
  });
}

/** Takes the correction of the event back. */
export function undo(id: string): Promise<CorrectionAnswer> {
  return changed(id, async (db, event) => {
    const correction = event.metadata?.correction;
    if (!correction) return "not-corrected";
    await withRelay((relay) => relay.undoCorrection(correction.relayEventId)).catch(unlessGone);
    await storeCorrection(db, event, null);
    return null;
  });
}

/** Makes `change` of the event and answers with its line, or with what was in the way. */
async function changed(
  id: string,
  change: (db: Database, event: DetectionEvent) => Promise<CorrectionProblem | null>,
): Promise<CorrectionAnswer> {
  const db = await database();
  const event = await detectionById(db, id);
  if (!event) return { error: { code: "gone" } };
  try {
    const problem = await change(db, event);
    if (problem !== null) return { error: { code: problem } };
  } catch (error) {
    if (!(error instanceof RostroError)) throw error;
    return { error: { code: problemOf(error) } };
  }
  const line = await lineOf(db, id);
  return line ? { event: line } : { error: { code: "gone" } };
}

/** The relay's id of the event, or why the relay can no longer correct it. */
async function correctableEvent(relay: RelayAdmin, event: DetectionEvent): Promise<number | CorrectionProblem> {
  const { occurredAt, metadata } = event;
  const { name = null, box = null } = metadata ?? {};
  const found = await findRelayEvent((page) => relay.events(page), { occurredAt, name, box });
  if (found === null) return "gone";
  return found.correctable || found.correction !== undefined ? found.id : "too-old";
}

function problemOf({ code }: RostroError): CorrectionProblem {
  switch (code) {
    case "relay-unreachable":
    case "busy":
      return "relay-unreachable";
    case "not-found":
      return "too-old";
    case "conflict":
      return "gone";
    case "invalid-request":
      return "invalid-name";
    default:
      return "failed";
  }
}

/** Somebody else may have taken it back a moment before. */
function unlessGone(error: unknown): void {
  if (!(error instanceof RostroError && error.code === "not-found")) throw error;
}
