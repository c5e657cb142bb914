/**
 * Keeps pictures of faces as the policy says: a row in the database and a file each. A file goes before its row does, so
 * that whatever interrupts this leaves no picture that nobody knows of for longer than the next sweep.
 */
import type { Database } from "@/db/database";
import {
  addSnapshot,
  everySnapshot,
  forgetSnapshots,
  showSnapshot,
  snapshotOfEvent,
  snapshotsOfCapture,
  snapshotsOfKnown,
  snapshotsOfPerson,
  staleSnapshots,
  waitingSnapshots,
  type SnapshotEvent,
} from "@/db/snapshots";

import type { FaceKey } from "./face-key";
import { deleteSnapshots, readSnapshot, snapshotFiles, writeSnapshot } from "./files";
import { SNAPSHOT_WAITS_MS, SNAPSHOTS_KEPT_MAX } from "./limits";
import { keepsSnapshotOf, type SnapshotPolicy } from "./policy";

const DAY_MS = 86_400_000;
/** A file is younger than this while its row is still to be written. */
const WRITING_MS = 60_000;

/** Where pictures are. */
export interface Shelf {
  db: Database;
  folder: string;
}

/** Keeps the picture of a face of which there is none yet; once its event is there too, that shows it. */
export async function keepSnapshot(
  shelf: Shelf,
  { captureId, face }: FaceKey,
  bytes: Uint8Array,
  policy: SnapshotPolicy,
  now: Date,
): Promise<void> {
  const id = crypto.randomUUID();
  await writeSnapshot(shelf.folder, id, bytes);
  const isNew = await addSnapshot(shelf.db, { id, captureId, face, takenAt: now });
  if (isNew) await settleCapture(shelf, captureId, policy);
  else await deleteSnapshots(shelf.folder, [id]);
}

/**
 * Has the events of a capture show their pictures, and removes those that the policy does not keep. Called when either has
 * come: the later of the two finds both.
 */
export async function settleCapture(shelf: Shelf, captureId: string, policy: SnapshotPolicy): Promise<void> {
  const unwanted: string[] = [];
  for (const { id, eventId, events } of await snapshotsOfCapture(shelf.db, captureId)) {
    const [first] = events;
    if (!events.every((event) => isKept(event, policy))) unwanted.push(id);
    else if (eventId === null && first !== undefined) await showSnapshot(shelf.db, id, first.id);
  }
  await remove(shelf, unwanted);
}

function isKept({ status, isForgotten }: SnapshotEvent, { of }: SnapshotPolicy): boolean {
  return !isForgotten && keepsSnapshotOf(of, status);
}

/** The picture that an event shows; `null` for none. */
export async function pictureOf({ db, folder }: Shelf, eventId: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const id = await snapshotOfEvent(db, eventId);
  return id === null ? null : readSnapshot(folder, id);
}

/** Removes the picture of an event; `false` where there is none. */
export async function removePicture(shelf: Shelf, eventId: string): Promise<boolean> {
  const id = await snapshotOfEvent(shelf.db, eventId);
  if (id === null) return false;
  await remove(shelf, [id]);
  return true;
}

/** Removes the pictures of somebody, and those that still wait for their event: nobody knows of whom they are. */
export async function removePicturesOf(
  shelf: Shelf,
  person: { clientId: string | null; name: string | null },
): Promise<void> {
  await remove(shelf, [...(await snapshotsOfPerson(shelf.db, person)), ...(await waitingSnapshots(shelf.db))]);
}

/** Removes whatever the policy keeps no longer: what is too old, too much, of people it is not for, or of no row. */
export async function sweep(shelf: Shelf, { of, days }: SnapshotPolicy, now: Date): Promise<void> {
  const { db, folder } = shelf;
  if (of === "off") await remove(shelf, await everySnapshot(db));
  if (of === "unknown") await remove(shelf, await snapshotsOfKnown(db));
  const before = new Date(now.getTime() - days * DAY_MS);
  await remove(shelf, await staleSnapshots(db, { before, waitingBefore: new Date(now.getTime() - SNAPSHOT_WAITS_MS) }));
  const kept = await everySnapshot(db);
  await remove(shelf, kept.slice(SNAPSHOTS_KEPT_MAX));
  const known = new Set(kept);
  const files = await snapshotFiles(folder, new Date(now.getTime() - WRITING_MS));
  await deleteSnapshots(folder, files.filter((id) => !known.has(id)));
}

async function remove({ db, folder }: Shelf, ids: readonly string[]): Promise<void> {
  await deleteSnapshots(folder, ids);
  await forgetSnapshots(db, ids);
}
