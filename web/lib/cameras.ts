/** Cameras as pages and routes speak of them, and what may be asked of them. */
import { presentText, searchKey } from "./identity";
import { isRecord } from "./json";

/** Longest name and location, in characters. */
export const CAMERA_TEXT_MAX_CHARS = 200;
/** Longest address of a stream, in bytes. */
const ADDRESS_MAX_BYTES = 2048;
/** Longest id that is given here, in characters. */
export const CAMERA_ID_MAX_CHARS = 64;

/** What cameras are reached by. */
const STREAM_PROTOCOLS = ["rtsp:", "rtsps:", "http:", "https:"];

/** One line of the cameras' page. */
export interface CameraLine {
  id: string;
  name: string;
  location: string | null;
  isActive: boolean;
  /** `shownStream(…)` of its address; `null` where it has none. */
  stream: string | null;
  /** Faces of the last 24 hours, and how many of them nobody is known by. */
  faces: number;
  unknown: number;
  /** Its last event, ISO 8601; `null` before the first. */
  lastEventAt: string | null;
  /** Whether it can be taken away: no event hangs on it, and the app does not need it. */
  isRemovable: boolean;
}

/** Why something was not done; each has its text in the dictionary. */
export type CameraProblem =
  | "invalid-id"
  | "id-taken"
  | "invalid-name"
  | "invalid-location"
  | "invalid-stream"
  | "stream-taken"
  | "gone"
  | "has-events"
  | "needed"
  | "invalid"
  | "failed";

export const CAMERA_STATUS: Record<CameraProblem, number> = {
  "invalid-id": 400,
  "id-taken": 409,
  "invalid-name": 400,
  "invalid-location": 400,
  "invalid-stream": 400,
  "stream-taken": 409,
  gone: 404,
  "has-events": 409,
  needed: 409,
  invalid: 400,
  failed: 500,
};

/** What the routes answer that do not do what they were asked. */
export interface CameraRefusal {
  error: { code: CameraProblem };
}

/** A camera as the form has it. */
export interface CameraDraft {
  name: string;
  location: string | null;
  /** Left out where it stays as it is; `null` for none. */
  streamUrl?: string | null;
}

export type NewCamera = CameraDraft & { id: string };

export type CameraChange = CameraDraft | { isActive: boolean };

export type Reading<T> = { ok: true; value: T } | { ok: false; problem: CameraProblem };

/** A new camera in a route's body. */
export function readNewCamera(body: unknown): Reading<NewCamera> {
  const reading = readDraft(body);
  if (!reading.ok) return reading;
  const id = isRecord(body) ? body.id : undefined;
  return isCameraId(id) ? { ok: true, value: { id, ...reading.value } } : refused("invalid-id");
}

/** A change in a route's body: on or off, or a whole draft, whose address may stay as it is. */
export function readCameraChange(body: unknown): Reading<CameraChange> {
  if (!isRecord(body) || !("isActive" in body)) return readDraft(body);
  const { isActive } = body;
  return typeof isActive === "boolean" ? { ok: true, value: { isActive } } : refused("invalid");
}

function readDraft(body: unknown): Reading<CameraDraft> {
  if (!isRecord(body)) return refused("invalid");
  const name = presentText(body.name);
  if (name === null || !fits(name)) return refused("invalid-name");
  const location = presentText(body.location);
  if (location !== null && !fits(location)) return refused("invalid-location");
  const { streamUrl } = body;
  if (streamUrl === undefined || streamUrl === null) {
    return { ok: true, value: { name, location, ...(streamUrl === null && { streamUrl }) } };
  }
  if (!isStream(streamUrl)) return refused("invalid-stream");
  return { ok: true, value: { name, location, streamUrl: streamUrl.trim() } };
}

/** Ids that need no escaping anywhere: what is sent as `camera_id`. */
export function isCameraId(id: unknown): id is string {
  return typeof id === "string" && id.length <= CAMERA_ID_MAX_CHARS && /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/u.test(id);
}

/** An id made of a name: `Cámara 2 (patio)` gives `camara-2-patio`. Empty where the name has no letter to use. */
export function idOfName(name: string): string {
  const words = searchKey(name).match(/[a-z0-9]+/gu) ?? [];
  return words.join("-").slice(0, CAMERA_ID_MAX_CHARS).replace(/-$/u, "");
}

/** Whether that is the address of a stream. Its user and password may stand in it. */
export function isStream(address: unknown): address is string {
  if (typeof address !== "string") return false;
  const text = address.trim();
  if (new TextEncoder().encode(text).length > ADDRESS_MAX_BYTES || !URL.canParse(text)) return false;
  const { protocol, hostname, pathname } = new URL(text);
  // An `@` after the host is mostly a password with a slash in it, which has to be written as %2F.
  return STREAM_PROTOCOLS.includes(protocol) && hostname !== "" && !pathname.includes("@");
}

/** What may be seen of a stream's address: `rtsp://***@host:554/…`. Cameras take passwords in paths and queries too. */
export function shownStream(address: string): string {
  if (!isStream(address)) return "***";
  const { protocol, username, password, host, pathname, search, hash } = new URL(address.trim());
  const user = username !== "" || password !== "" ? "***@" : "";
  const rest = pathname.length > 1 || search !== "" || hash !== "" ? "/…" : "";
  return `${protocol}//${user}${host}${rest}`;
}

function fits(text: string): boolean {
  return [...text].length <= CAMERA_TEXT_MAX_CHARS;
}

function refused(problem: CameraProblem): { ok: false; problem: CameraProblem } {
  return { ok: false, problem };
}
