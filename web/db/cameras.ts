/** The cameras that events hang on, and what each has seen of late. */
import { and, asc, eq, max, ne, notExists, sql } from "drizzle-orm";

import type { Database } from "./database";
import { countWhere } from "./detections-per-hour";
import { cameras, detectionEvents, type Camera } from "./schema";

/** A camera with what it has seen. */
export interface CameraWithSightings extends Camera {
  /** Faces from `since` on, and how many of them nobody is known by. */
  faces: number;
  unknown: number;
  /** `null` while no event hangs on it. */
  lastEventAt: Date | null;
}

/** A camera as it is stored; without an address where none is given. */
export interface StoredCamera {
  id: string;
  name: string;
  location: string | null;
  streamUrl?: string | null;
}

/** What may change of it; what is left out stays. */
export type StoredChange = Partial<Omit<StoredCamera, "id"> & Pick<Camera, "isActive">>;

/** Every camera, by name. */
export async function camerasWithSightings(database: Database, since: Date): Promise<CameraWithSightings[]> {
  const recent = sql`${detectionEvents.occurredAt} >= ${sql.param(since, detectionEvents.occurredAt)}`;
  const [all, seen] = await Promise.all([
    database.select().from(cameras).orderBy(asc(cameras.name), asc(cameras.id)),
    database
      .select({
        cameraId: detectionEvents.cameraId,
        faces: countWhere(recent),
        unknown: countWhere(sql`${recent} and ${detectionEvents.status} = 'UNKNOWN'`),
        lastEventAt: max(detectionEvents.occurredAt),
      })
      .from(detectionEvents)
      .groupBy(detectionEvents.cameraId),
  ]);
  const byCamera = new Map(seen.map(({ cameraId, ...sightings }) => [cameraId, sightings]));
  return all.map((camera) => ({ ...camera, ...(byCamera.get(camera.id) ?? { faces: 0, unknown: 0, lastEventAt: null }) }));
}

/** The camera of that id. */
export function cameraOf(database: Database, id: string): Promise<Camera | undefined> {
  return database.query.cameras.findFirst({ where: eq(cameras.id, id) });
}

/** Adds a camera; what was in the way, `null` for nothing. */
export async function addCamera(database: Database, camera: StoredCamera): Promise<"id-taken" | "stream-taken" | null> {
  const [added] = await database.insert(cameras).values(camera).onConflictDoNothing().returning({ id: cameras.id });
  if (added) return null;
  return (await cameraOf(database, camera.id)) ? "id-taken" : "stream-taken";
}

/** Changes a camera; what was in the way, `null` for nothing. */
export async function changeCamera(database: Database, id: string, change: StoredChange): Promise<"gone" | "stream-taken" | null> {
  const { streamUrl: address } = change;
  if (address != null) {
    const [other] = await database
      .select({ id: cameras.id })
      .from(cameras)
      .where(and(eq(cameras.streamUrl, address), ne(cameras.id, id)));
    if (other) return "stream-taken";
  }
  const changed = await database.update(cameras).set(change).where(eq(cameras.id, id)).returning({ id: cameras.id });
  return changed.length > 0 ? null : "gone";
}

/** Whether events hang on it. */
export async function hasEvents(database: Database, id: string): Promise<boolean> {
  const [event] = await database
    .select({ id: detectionEvents.id })
    .from(detectionEvents)
    .where(eq(detectionEvents.cameraId, id))
    .limit(1);
  return event !== undefined;
}

/** Takes a camera away that no event hangs on; what was in the way, `null` for nothing. */
export async function removeCamera(database: Database, id: string): Promise<"gone" | "has-events" | null> {
  const itsEvents = database
    .select({ id: detectionEvents.id })
    .from(detectionEvents)
    .where(eq(detectionEvents.cameraId, id));
  const removed = await database
    .delete(cameras)
    .where(and(eq(cameras.id, id), notExists(itsEvents)))
    .returning({ id: cameras.id });
  if (removed.length > 0) return null;
  return (await cameraOf(database, id)) ? "has-events" : "gone";
}
