/** Which pictures of faces are kept, and of which events. The pictures themselves are files. */
import { and, asc, desc, eq, inArray, isNull, lt, ne, or } from "drizzle-orm";

import { faceOf, type FaceKey } from "@/lib/snapshots/face-key";

import type { Database } from "./database";
import { anyOf, together } from "./dialect";
import { sightingsOf } from "./people";
import { detectionEvents, snapshots } from "./schema";
import type { DetectionStatus } from "./schema/values";

/** A picture and the events of its face: one, or none yet; several where both channels of a capture told differently. */
export interface SnapshotOfCapture {
  id: string;
  /** The event that shows it. */
  eventId: string | null;
  events: SnapshotEvent[];
}

export interface SnapshotEvent {
  id: string;
  status: DetectionStatus;
  /** Whether whom it named was forgotten since. */
  isForgotten: boolean;
}

/** Where a page gets the picture of an event. */
export function snapshotUrl(eventId: string): string {
  return `/api/events/${eventId}/snapshot`;
}

/** Notes a picture; `false` where there is one of that face already. */
export async function addSnapshot(
  database: Database,
  { id, captureId, face, takenAt }: FaceKey & { id: string; takenAt: Date },
): Promise<boolean> {
  const added = await database
    .insert(snapshots)
    .values({ id, captureId, face, takenAt })
    .onConflictDoNothing()
    .returning({ id: snapshots.id });
  return added.length > 0;
}

/** The pictures of a capture, each with the events that are of its face. */
export async function snapshotsOfCapture(database: Database, captureId: string): Promise<SnapshotOfCapture[]> {
  const pictures = await database
    .select({ id: snapshots.id, eventId: snapshots.eventId, face: snapshots.face })
    .from(snapshots)
    .where(eq(snapshots.captureId, captureId));
  if (pictures.length === 0) return [];
  const { id, status, metadata, sequence } = detectionEvents;
  const events = await database
    .select({ id, status, metadata })
    .from(detectionEvents)
    .where(eq(detectionEvents.captureId, captureId))
    .orderBy(asc(sequence));
  return pictures.map(({ face, ...picture }) => ({
    ...picture,
    events: events
      .filter((event) => event.metadata?.box && faceOf(event.metadata.box) === face)
      .map(({ metadata: told, ...event }) => ({
        ...event,
        isForgotten: event.status !== "UNKNOWN" && told?.name == null,
      })),
  }));
}

/** Has the event show the picture. */
export async function showSnapshot(database: Database, id: string, eventId: string): Promise<void> {
  await together(database, (on) => [
    on.update(snapshots).set({ eventId }).where(eq(snapshots.id, id)),
    on.update(detectionEvents).set({ snapshotUrl: snapshotUrl(eventId) }).where(eq(detectionEvents.id, eventId)),
  ]);
}

/** The picture that an event shows. */
export async function snapshotOfEvent(database: Database, eventId: string): Promise<string | null> {
  const [row] = await database.select({ id: snapshots.id }).from(snapshots).where(eq(snapshots.eventId, eventId));
  return row?.id ?? null;
}

/** Pictures of somebody's events: those that named them, and those of which somebody said that it was them. */
export async function snapshotsOfPerson(
  database: Database,
  person: { clientId: string | null; name: string | null },
): Promise<string[]> {
  const { named, toldOf } = sightingsOf(person);
  const which = or(named, toldOf);
  if (which === undefined) return [];
  const rows = await database
    .select({ id: snapshots.id })
    .from(snapshots)
    .innerJoin(detectionEvents, eq(detectionEvents.id, snapshots.eventId))
    .where(which);
  return idsOf(rows);
}

/** Pictures that are older than `before`, or that have waited for their event since before `waitingBefore`. */
export async function staleSnapshots(
  database: Database,
  { before, waitingBefore }: { before: Date; waitingBefore: Date },
): Promise<string[]> {
  const isOver = or(
    lt(snapshots.takenAt, before),
    and(isNull(snapshots.eventId), lt(snapshots.takenAt, waitingBefore)),
  );
  return idsOf(await database.select({ id: snapshots.id }).from(snapshots).where(isOver));
}

/** Pictures that no event shows yet. */
export async function waitingSnapshots(database: Database): Promise<string[]> {
  return idsOf(await database.select({ id: snapshots.id }).from(snapshots).where(isNull(snapshots.eventId)));
}

/** Pictures of events that name somebody. */
export async function snapshotsOfKnown(database: Database): Promise<string[]> {
  const rows = await database
    .select({ id: snapshots.id })
    .from(snapshots)
    .innerJoin(detectionEvents, eq(detectionEvents.id, snapshots.eventId))
    .where(ne(detectionEvents.status, "UNKNOWN"));
  return idsOf(rows);
}

/** Every picture, the newest first. */
export async function everySnapshot(database: Database): Promise<string[]> {
  return idsOf(
    await database.select({ id: snapshots.id }).from(snapshots).orderBy(desc(snapshots.takenAt), desc(snapshots.id)),
  );
}

/** Forgets pictures whose files are gone; their events show none from now on. */
export async function forgetSnapshots(database: Database, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const gone = inArray(snapshots.id, anyOf(ids));
  const rows = await database.select({ eventId: snapshots.eventId }).from(snapshots).where(gone);
  const events = rows.map(({ eventId }) => eventId).filter((id) => id !== null);
  await together(database, (on) => [
    on.update(detectionEvents).set({ snapshotUrl: null }).where(inArray(detectionEvents.id, anyOf(events))),
    on.delete(snapshots).where(gone),
  ]);
}

function idsOf(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id);
}
