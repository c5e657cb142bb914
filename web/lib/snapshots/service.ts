/** The pictures of this app's events, and what its operator has chosen about them. On the server. */
import path from "node:path";

import { database } from "@/db/database";
import { storedSetting, storeSetting } from "@/db/settings";

import { Allowance } from "../allowance";
import { dataFolder } from "../settings";
import type { FaceKey } from "./face-key";
import { jpegSize } from "./jpeg";
import { SNAPSHOT_SIDE_MAX_PX, SNAPSHOTS_A_MINUTE } from "./limits";
import { NO_SNAPSHOTS, readSnapshotPolicy, type SnapshotPolicy } from "./policy";
import { keepSnapshot, removePicturesOf, settleCapture, sweep, type Shelf } from "./shelf";

const SETTING = "snapshots";
const HOUR_MS = 3_600_000;

/** Where this app keeps them. */
export async function snapshotShelf(): Promise<Shelf> {
  return { db: await database(), folder: path.join(dataFolder(), "snapshots") };
}

/** What is chosen; nothing is kept until somebody chooses. */
export async function snapshotPolicy(): Promise<SnapshotPolicy> {
  return readSnapshotPolicy(await storedSetting(await database(), SETTING)) ?? NO_SNAPSHOTS;
}

/** Chooses anew. What is kept no longer is deleted before this resolves. */
export async function chooseSnapshots(policy: SnapshotPolicy): Promise<void> {
  const shelf = await snapshotShelf();
  await storeSetting(shelf.db, SETTING, policy);
  await sweep(shelf, policy, new Date());
}

const allowance = new Allowance({ count: SNAPSHOTS_A_MINUTE, windowMs: 60_000 });

/** Why a picture is not kept. */
export type SnapshotProblem = "not-kept" | "no-picture" | "too-many";

/** Keeps a picture that somebody sent; `null`, or why not. */
export async function takeSnapshot(key: FaceKey, bytes: Uint8Array, sender: string): Promise<SnapshotProblem | null> {
  const [shelf, policy] = await Promise.all([snapshotShelf(), snapshotPolicy()]);
  if (policy.of === "off") return "not-kept";
  const size = jpegSize(bytes);
  if (size === null || !isSmall(size.width) || !isSmall(size.height)) return "no-picture";
  const now = new Date();
  if (!allowance.take(sender, now.getTime())) return "too-many";
  await keepSnapshot(shelf, key, bytes, policy, now);
  return null;
}

function isSmall(sidePx: number): boolean {
  return sidePx > 0 && sidePx <= SNAPSHOT_SIDE_MAX_PX;
}

/** An event of that capture was stored. A picture that is in trouble is no reason to refuse the event. */
export async function eventStored(captureId: string | null): Promise<void> {
  if (captureId === null) return;
  try {
    await settleCapture(await snapshotShelf(), captureId, await snapshotPolicy());
  } catch (error) {
    console.error("the pictures of a capture could not be settled", error);
  }
}

/** Somebody is forgotten: their pictures go first. */
export async function forgetPictures(person: { clientId: string | null; name: string | null }): Promise<void> {
  await removePicturesOf(await snapshotShelf(), person);
}

/** Deletes what has been kept for long enough: now, and every hour from now on. */
export function sweepHourly(): void {
  const now = async () => sweep(await snapshotShelf(), await snapshotPolicy(), new Date());
  const tell = (error: unknown) => console.error("old pictures could not be deleted", error);
  void now().catch(tell);
  setInterval(() => void now().catch(tell), HOUR_MS).unref();
}
