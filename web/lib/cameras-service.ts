/** The cameras that this app knows. On the server: the addresses of their streams never reach a browser. */
import "server-only";

import { addCamera, cameraOf, camerasWithSightings, changeCamera, removeCamera } from "@/db/cameras";
import { database } from "@/db/database";

import { audit } from "./accounts/audit";
import { CAMERA_ID, cameraIn, type ReportingCamera } from "./camera-id";
import {
  CAMERA_STATUS,
  shownStream,
  type CameraChange,
  type CameraLine,
  type CameraProblem,
  type CameraRefusal,
  type NewCamera,
  type Reading,
} from "./cameras";

const DAY_MS = 86_400_000;

/** Every camera, by name, with what it saw in the last 24 hours. */
export async function listCameraLines(): Promise<CameraLine[]> {
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

/** Adds a camera: 201 with its id, or a {@link CameraRefusal}. */
export async function add(reading: Reading<NewCamera>): Promise<Response> {
  if (!reading.ok) return refusal(reading.problem);
  const { id, name } = reading.value;
  const problem = await addCamera(await database(), reading.value);
  if (problem !== null) return refusal(problem);
  await audit("camera.added", { id, name });
  return Response.json({ id }, { status: 201 });
}

/** Changes a camera, or switches it on or off: 204, or a {@link CameraRefusal}. */
export async function change(id: string, reading: Reading<CameraChange>): Promise<Response> {
  if (!reading.ok) return refusal(reading.problem);
  const db = await database();
  const problem = await changeCamera(db, id, reading.value);
  if (problem !== null) return refusal(problem);
  const name = (await cameraOf(db, id))?.name ?? null;
  await audit("camera.changed", { id, name, details: whatChanged(reading.value) });
  return new Response(null, { status: 204 });
}

/** Takes a camera away that no event hangs on: 204, or a {@link CameraRefusal}. */
export async function remove(id: string): Promise<Response> {
  if (id === CAMERA_ID) return refusal("needed");
  const db = await database();
  const name = (await cameraOf(db, id))?.name ?? null;
  const problem = await removeCamera(db, id);
  if (problem !== null) return refusal(problem);
  await audit("camera.removed", { id, name });
  return new Response(null, { status: 204 });
}

/** The address itself is nothing for the log. */
function whatChanged(given: CameraChange): Record<string, boolean> {
  return "isActive" in given ? given : { newAddress: given.streamUrl !== undefined };
}

function refusal(code: CameraProblem): Response {
  const body: CameraRefusal = { error: { code } };
  return Response.json(body, { status: CAMERA_STATUS[code] });
}
