/** What the webhook stores, and what the events page reads. */
import { and, asc, desc, eq, gt, lt, max, or, type SQL } from "drizzle-orm";

import { UNKNOWN_NAME, type DetectionBody } from "@/lib/detection-body";
import { NO_FILTERS, type EventFilters } from "@/lib/event-filters";
import { EVENTS_PAGE } from "@/lib/events-feed";
import { identityKey, presentText } from "@/lib/identity";
import { withoutLogin } from "@/lib/cameras";

import type { Database } from "./database";
import { append } from "./dialect";
import { conditionsOf } from "./event-conditions";
import {
  cameras,
  clients,
  detectionEvents,
  type Camera,
  type DetectionEvent,
} from "./schema";
import type { DetectionStatus, StoredCorrection } from "./schema/values";

/** Events that are read at once for a file: little memory, few turns. */
const EXPORT_PAGE = 1_000;

/** Nothing here can be stored without a camera to hang it on. */
export type Recorded = { ok: true; detection: DetectionEvent } | { ok: false; reason: "no-camera" };

/**
 * Stores one detection and returns it. A delivery that was stored before (same `webhookId`) is not stored
 * again: the first event comes back.
 */
export async function recordDetection(
  database: Database,
  body: DetectionBody,
  webhookId: string | null,
  now: Date,
): Promise<Recorded> {
  const earlier = webhookId === null ? undefined : await eventOfDelivery(database, webhookId);
  if (earlier) return { ok: true, detection: earlier };

  const camera = await findCamera(database, body.cameraId, body.cameraStreamUrl);
  if (!camera) return { ok: false, reason: "no-camera" };

  const { name, confidence, distance, box } = body.result;
  const known = identityKey(name) !== identityKey(UNKNOWN_NAME);
  const matches = known ? await findClients(database, name, body.clientId) : [];
  const row = {
    id: crypto.randomUUID(),
    cameraId: camera.id,
    clientId: matches.length === 1 ? (matches[0] ?? null) : null,
    status: statusOf(known, matches.length),
    confidence,
    metadata: { name: known ? name : null, distance, box },
    occurredAt: body.occurredAt ?? now,
    webhookId,
    captureId: body.captureId,
  };
  const [stored] = await append(database, (on) =>
    on
      .insert(detectionEvents)
      .values(row)
      .onConflictDoNothing({ target: detectionEvents.webhookId })
      .returning(),
  );
  // Nothing returned: the same delivery came twice at once, and the other one was first.
  const detection = stored ?? (webhookId === null ? undefined : await eventOfDelivery(database, webhookId));
  if (!detection) throw new Error("the database took the event but did not return it");
  return { ok: true, detection };
}

/** `NEW_FACE` is somebody the relay knows by a name that no client here goes by. */
export function statusOf(known: boolean, matchingClients: number): DetectionStatus {
  if (!known) return "UNKNOWN";
  if (matchingClients === 0) return "NEW_FACE";
  return matchingClients === 1 ? "MATCHED" : "MULTIPLE_MATCHES";
}

/** By id; failing that, by the address of the stream, which may come with a login. */
async function findCamera(
  database: Database,
  cameraId: string | null,
  streamUrl: string | null,
): Promise<Camera | undefined> {
  if (cameraId !== null) {
    const byId = await database.query.cameras.findFirst({ where: eq(cameras.id, cameraId) });
    if (byId) return byId;
  }
  if (streamUrl === null) return undefined;
  const isThere = or(eq(cameras.streamUrl, streamUrl), eq(cameras.streamUrl, withoutLogin(streamUrl)));
  return database.query.cameras.findFirst({ where: isThere });
}

/**
 * Ids of the clients that a face is of: the one with the sender's own id of them; else those whose e-mail address or
 * document `label` is; else those of that name. Letter case aside, and whole: no name is found by a part of it.
 */
async function findClients(database: Database, label: string, clientId: string | null): Promise<string[]> {
  const key = identityKey(label);
  const surestFirst = [
    clientId === null ? undefined : eq(clients.id, clientId),
    or(eq(clients.emailKey, key), eq(clients.dniKey, key)),
    eq(clients.nameKey, key),
  ];
  for (const which of surestFirst) {
    const found = which === undefined ? [] : await clientIds(database, which);
    if (found.length > 0) return found;
  }
  return [];
}

async function clientIds(database: Database, which: SQL): Promise<string[]> {
  const rows = await database.select({ id: clients.id }).from(clients).where(which);
  return rows.map(({ id }) => id);
}

function eventOfDelivery(database: Database, webhookId: string): Promise<DetectionEvent | undefined> {
  return database.query.detectionEvents.findFirst({ where: eq(detectionEvents.webhookId, webhookId) });
}

/** One line of the events page. */
export interface EventLine {
  id: string;
  /** The feed's cursor: later events have greater numbers. */
  sequence: number;
  /** The client's name, else the name that was sent; `null` for an unknown or forgotten face. */
  name: string | null;
  /** Who of those on file it was found to be; `null` for nobody, or several. */
  client: { name: string; unit: string | null; kind: string | null } | null;
  status: DetectionStatus;
  /** 0..1 */
  confidence: number | null;
  cameraName: string;
  /** ISO 8601 in UTC. */
  occurredAt: string;
  /** That the face is not of who is named, and who it was where somebody said so; `null` where nobody objected. */
  correction: { name: string | null } | null;
  /** Where the picture of the face is; `null` where none is kept. */
  snapshot: string | null;
}

export interface EventsWanted {
  /** Only events after this cursor. */
  after?: number | undefined;
  /** Only events before this cursor. */
  before?: number | undefined;
  limit?: number | undefined;
  /** Only events that pass. */
  filters?: EventFilters | undefined;
}

/**
 * Newest first, at most {@link EVENTS_PAGE}. With `after`, the events right after that cursor, so that a reader
 * who was away catches up page by page and misses none.
 */
export async function listEvents(database: Database, wanted: EventsWanted): Promise<EventLine[]> {
  const { after, before, limit = EVENTS_PAGE, filters = NO_FILTERS } = wanted;
  const rows = await selectLines(database)
    .where(
      and(
        after === undefined ? undefined : gt(detectionEvents.sequence, after),
        before === undefined ? undefined : lt(detectionEvents.sequence, before),
        await conditionsOf(database, filters),
      ),
    )
    .orderBy(after === undefined ? desc(detectionEvents.sequence) : asc(detectionEvents.sequence))
    .limit(Math.min(Math.max(limit, 1), EVENTS_PAGE));
  if (after !== undefined) rows.reverse();
  return rows.map(eventLine);
}

/** Pages of all events that pass, newest first; what arrives meanwhile is not among them. */
export async function* eventPages(
  database: Database,
  filters: EventFilters,
  pageSize = EXPORT_PAGE,
): AsyncGenerator<EventLine[], void> {
  const conditions = await conditionsOf(database, filters);
  let before: number | undefined;
  for (;;) {
    const rows = await selectLines(database)
      .where(and(before === undefined ? undefined : lt(detectionEvents.sequence, before), conditions))
      .orderBy(desc(detectionEvents.sequence))
      .limit(pageSize);
    if (rows.length > 0) yield rows.map(eventLine);
    before = rows.at(-1)?.sequence;
    if (before === undefined || rows.length < pageSize) return;
  }
}

/** The cursor of the newest event, whether it passes a filter or not; 0 before the first. */
export async function newestSequence(database: Database): Promise<number> {
  const [row] = await database.select({ sequence: max(detectionEvents.sequence) }).from(detectionEvents);
  return row?.sequence ?? 0;
}

/** Every camera, by name. */
export function listCameras(database: Database): Promise<{ id: string; name: string }[]> {
  return database.select({ id: cameras.id, name: cameras.name }).from(cameras).orderBy(asc(cameras.name));
}

/** The line of one event. */
export async function lineOf(database: Database, id: string): Promise<EventLine | undefined> {
  const rows = await selectLines(database).where(eq(detectionEvents.id, id));
  return rows.map(eventLine)[0];
}

/** An event as it was stored. */
export function detectionById(database: Database, id: string): Promise<DetectionEvent | undefined> {
  return database.query.detectionEvents.findFirst({ where: eq(detectionEvents.id, id) });
}

/** Keeps what somebody said against an event; `null` takes it back. */
export async function storeCorrection(
  database: Database,
  { id, metadata }: DetectionEvent,
  correction: StoredCorrection | null,
): Promise<void> {
  const { name = null, distance = null, box = null } = metadata ?? {};
  const kept = { name, distance, box, ...(correction && { correction }) };
  await database.update(detectionEvents).set({ metadata: kept }).where(eq(detectionEvents.id, id));
}

function selectLines(database: Database) {
  return database
    .select({
      id: detectionEvents.id,
      sequence: detectionEvents.sequence,
      clientName: clients.name,
      clientUnit: clients.unit,
      clientKind: clients.kind,
      metadata: detectionEvents.metadata,
      status: detectionEvents.status,
      confidence: detectionEvents.confidence,
      cameraName: cameras.name,
      occurredAt: detectionEvents.occurredAt,
      snapshot: detectionEvents.snapshotUrl,
    })
    .from(detectionEvents)
    .innerJoin(cameras, eq(cameras.id, detectionEvents.cameraId))
    .leftJoin(clients, eq(clients.id, detectionEvents.clientId));
}

type SelectedLine = Awaited<ReturnType<typeof selectLines>>[number];

function eventLine(selected: SelectedLine): EventLine {
  const { clientName, clientUnit, clientKind, metadata, occurredAt, ...line } = selected;
  return {
    ...line,
    name: presentText(clientName) ?? presentText(metadata?.name),
    client: clientName === null ? null : { name: clientName, unit: clientUnit, kind: clientKind },
    occurredAt: occurredAt.toISOString(),
    correction: metadata?.correction ? { name: metadata.correction.name } : null,
  };
}
