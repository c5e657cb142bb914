/**
 * The cameras that this app knows, and those that the relay reads. On the server: the addresses of their streams never reach
 * a browser. What the relay reads is changed there first, and kept there: this app stores the address as the relay tells it,
 * without a login, because deliveries name it so.
 */
import "server-only";

import { addCamera, cameraOf, camerasWithSightings, changeCamera, hasEvents, removeCamera } from "@/db/cameras";
import { database, type Database } from "@/db/database";
import type { Camera } from "@/db/schema";

import { audit } from "./accounts/audit";
import { CAMERA_ID, cameraIn, type ReportingCamera } from "./camera-id";
import {
  CAMERA_STATUS,
  shownStream,
  type CameraChange,
  type CameraDraft,
  type CameraLine,
  type CameraProblem,
  type CameraRefusal,
  type NewCamera,
  type Reading,
} from "./cameras";
import { dropAtRelay, joinedLines, makeAtRelay, ofId, problemOf, tellRelay, type StoredLine } from "./relay-cameras";
import { withRelay } from "./with-relay";

const DAY_MS = 86_400_000;

/** The cameras, and whether the relay could be asked about them. */
export interface CameraLines {
  lines: CameraLine[];
  isRelayAway: boolean;
}

/** Every camera, by name, with what it saw in the last 24 hours and how the relay finds it; then those of the relay alone. */
export async function listCameraLines(): Promise<CameraLines> {
  const [stored, atRelay] = await Promise.all([storedLines(), withRelay((relay) => relay.cameras()).catch(() => null)]);
  return { lines: joinedLines(stored, atRelay ?? []), isRelayAway: atRelay === null };
}

async function storedLines(): Promise<StoredLine[]> {
  const lines = await camerasWithSightings(await database(), new Date(Date.now() - DAY_MS));
  return lines.map(({ id, name, location, isActive, streamUrl, faces, unknown, lastEventAt }) => ({
    id,
    name,
    location,
    isActive,
    stream: streamUrl === null ? null : shownStream(streamUrl),
    faces,
    unknown,
    lastEventAt: lastEventAt?.toISOString() ?? null,
    isRemovable: lastEventAt === null && id !== CAMERA_ID,
  }));
}

/** Which camera a page is that was asked for with that query. */
export async function reportingCamera(query: URLSearchParams): Promise<ReportingCamera> {
  const id = cameraIn(query) ?? CAMERA_ID;
  const camera = await cameraOf(await database(), id);
  if (!camera) return { id, name: null, state: "unknown" };
  return { id, name: camera.name, state: camera.isActive ? "on" : "off" };
}

/** Adds a camera, with an address at the relay too: 201 with its id, or a {@link CameraRefusal}. */
export async function add(reading: Reading<NewCamera>): Promise<Response> {
  if (!reading.ok) return refusal(reading.problem);
  const { id, name, location, streamUrl = null, choices = {} } = reading.value;
  const db = await database();
  if (await cameraOf(db, id)) return refusal("id-taken");
  const made =
    streamUrl === null ? DONE : await asked((relay) => makeAtRelay(relay, id, { name, streamUrl, choices }));
  if (!made.ok) return refusal(made.problem);
  const problem = await addCamera(db, { id, name, location, streamUrl: made.value?.stream_url ?? null });
  if (problem !== null) {
    // Nobody has seen it yet.
    if (made.value) await asked((relay) => dropAtRelay(relay, id));
    return refusal(problem);
  }
  await audit("camera.added", { id, name });
  return Response.json({ id }, { status: 201 });
}

/** Takes a camera into this app that the relay has, so that deliveries about it are stored: 201 with its id, or a refusal. */
export async function adopt(id: string): Promise<Response> {
  const found = await asked(async (relay) => ofId(await relay.cameras(), id) ?? null);
  if (!found.ok) return refusal(found.problem);
  if (found.value === null) return refusal("gone");
  const { name, stream_url: streamUrl } = found.value;
  const problem = await addCamera(await database(), { id, name, location: null, streamUrl });
  if (problem !== null) return refusal(problem);
  await audit("camera.added", { id, name });
  return Response.json({ id }, { status: 201 });
}

/** Changes a camera, or switches it on or off: 204, or a {@link CameraRefusal}. */
export async function change(id: string, reading: Reading<CameraChange>): Promise<Response> {
  if (!reading.ok) return refusal(reading.problem);
  const db = await database();
  const camera = await cameraOf(db, id);
  if (!camera) return refusal("gone");
  const given = reading.value;
  const problem = "isActive" in given ? await switched(db, camera, given) : await redrawn(db, camera, given);
  if (problem !== null) return refusal(problem);
  const name = "isActive" in given ? camera.name : given.name;
  await audit("camera.changed", { id, name, details: whatChanged(given) });
  return new Response(null, { status: 204 });
}

async function switched(db: Database, camera: Camera, given: { isActive: boolean }): Promise<CameraProblem | null> {
  const told = await asked((relay) => tellRelay(relay, camera.id, given, camera));
  if (!told.ok && mattersTo(camera, told.problem)) return told.problem;
  return changeCamera(db, camera.id, given);
}

async function redrawn(db: Database, camera: Camera, { choices, ...draft }: CameraDraft): Promise<CameraProblem | null> {
  const { name, streamUrl } = draft;
  if (streamUrl === null) {
    const dropped = await asked((relay) => dropAtRelay(relay, camera.id));
    if (!dropped.ok && mattersTo(camera, dropped.problem)) return dropped.problem;
    return changeCamera(db, camera.id, draft);
  }
  const wanted = { name, ...(streamUrl !== undefined && { streamUrl }), ...(choices && { choices }) };
  const told = await asked((relay) => tellRelay(relay, camera.id, wanted, camera));
  if (!told.ok) {
    if (streamUrl !== undefined || mattersTo(camera, told.problem)) return told.problem;
    return changeCamera(db, camera.id, draft);
  }
  const kept = told.value?.stream_url ?? null;
  return changeCamera(db, camera.id, { ...draft, ...(kept !== null && { streamUrl: kept }) });
}

/** Takes a camera away that no event hangs on: 204, or a {@link CameraRefusal}. */
export async function remove(id: string): Promise<Response> {
  if (id === CAMERA_ID) return refusal("needed");
  const db = await database();
  const camera = await cameraOf(db, id);
  if (!camera) return refusal("gone");
  if (await hasEvents(db, id)) return refusal("has-events");
  const dropped = await asked((relay) => dropAtRelay(relay, id));
  if (!dropped.ok && mattersTo(camera, dropped.problem)) return refusal(dropped.problem);
  const problem = await removeCamera(db, id);
  if (problem !== null) return refusal(problem);
  await audit("camera.removed", { id, name: camera.name });
  return new Response(null, { status: 204 });
}

type Told<T> = { ok: true; value: T } | { ok: false; problem: CameraProblem };

const DONE = { ok: true, value: null } as const;

/** What the relay did, or why it did not. */
async function asked<T>(call: Parameters<typeof withRelay<T>>[0]): Promise<Told<T>> {
  try {
    return { ok: true, value: await withRelay(call) };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

/** A camera without an address is none of the relay's, so it may be changed while the relay is away. */
function mattersTo({ streamUrl }: Camera, problem: CameraProblem): boolean {
  return streamUrl !== null || problem !== "relay-away";
}

/** The address itself is nothing for the log, nor is a login. */
function whatChanged(given: CameraChange): Record<string, boolean> {
  return "isActive" in given ? given : { newAddress: given.streamUrl !== undefined };
}

/** A {@link CameraRefusal} with its status. */
export function refusal(code: CameraProblem): Response {
  const body: CameraRefusal = { error: { code } };
  return Response.json(body, { status: CAMERA_STATUS[code] });
}
