/** Cameras as pages and routes speak of them, and what may be asked of them. */
import type { RtspTransport } from "rostro/relay";

import { presentText, searchKey } from "./identity";
import { isRecord } from "./json";
import type { CameraAtRelay } from "./relay-cameras";

/** Longest name and location, in characters. */
export const CAMERA_TEXT_MAX_CHARS = 200;
/** Longest address of a stream, in bytes. */
const ADDRESS_MAX_BYTES = 2048;
/** Longest id that is given here, in characters. */
export const CAMERA_ID_MAX_CHARS = 64;

/** Longest user and password, in bytes. */
const LOGIN_MAX_BYTES = 2048;
/** The greatest threshold that the relay takes. */
const THRESHOLD_MAX = 2;
/** The greatest height that the smallest face may have, in pixels. */
export const MIN_FACE_MAX_PX = 4096;
const ZONE_MIN_CORNERS = 3;
const ZONE_MAX_CORNERS = 32;

/** Parameters in which cameras take credentials; the relay tells nobody of them. */
const LOGIN_PARAMETERS: ReadonlySet<string> = new Set([
  "access_token", "api_key", "apikey", "auth", "key", "loginpas", "loginuse", "pass",
  "passwd", "password", "pwd", "secret", "token", "user", "username", "usr",
]);

/** What the relay reaches cameras by. */
const STREAM_PROTOCOLS = ["rtsp:", "http:", "https:"];

/** How pictures of an `rtsp` camera may travel. */
export const RTSP_TRANSPORTS = ["auto", "tcp", "udp"] as const satisfies readonly RtspTransport[];

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
  /** Whether this app has it; one that only the relay has can be taken in. */
  isStored: boolean;
  /** What the relay says of it; `null` for one that the relay does not know, and while the relay is away. */
  atRelay: CameraAtRelay | null;
}

/** A corner of a zone: fractions of width and height, from the top left. */
export type Corner = [x: number, y: number];

/** What is chosen of a camera that the relay reads. What is left out stays as it is. */
export interface ReadingChoices {
  /** `null` for none. */
  username?: string | null;
  password?: string | null;
  /** On the scale where 0.6 is every model's default; `null` for the relay's own. */
  threshold?: number | null;
  /** 0 for all. */
  minFacePx?: number;
  /** `null` for the whole picture. */
  zone?: Corner[] | null;
  rtspTransport?: RtspTransport;
}

/** Why something was not done; each has its text in the dictionary. */
export type CameraProblem =
  | "invalid-id"
  | "id-taken"
  | "invalid-name"
  | "invalid-location"
  | "invalid-stream"
  | "stream-taken"
  | "invalid-login"
  | "invalid-threshold"
  | "invalid-min-face"
  | "invalid-zone"
  | "address-refused"
  | "at-relay"
  | "too-many"
  | "of-environment"
  | "relay-away"
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
  "invalid-login": 400,
  "invalid-threshold": 400,
  "invalid-min-face": 400,
  "invalid-zone": 400,
  "address-refused": 400,
  "at-relay": 409,
  "too-many": 409,
  "of-environment": 409,
  "relay-away": 503,
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
  /** Left out where nothing is chosen. */
  choices?: ReadingChoices;
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
  if (streamUrl !== undefined && streamUrl !== null && !isStream(streamUrl)) return refused("invalid-stream");
  const reading = readChoices(body);
  if (!reading.ok) return reading;
  const choices = reading.value;
  return {
    ok: true,
    value: {
      name,
      location,
      ...(streamUrl !== undefined && { streamUrl: streamUrl?.trim() ?? null }),
      ...(Object.keys(choices).length > 0 && { choices }),
    },
  };
}

/** What a body says of how the relay reads a camera. */
function readChoices({ username, password, threshold, minFacePx, zone, rtspTransport }: Record<string, unknown>): Reading<ReadingChoices> {
  if (!isLoginPart(username) || !isLoginPart(password)) return refused("invalid-login");
  if (!isThreshold(threshold)) return refused("invalid-threshold");
  if (!isMinFace(minFacePx)) return refused("invalid-min-face");
  if (!isZone(zone)) return refused("invalid-zone");
  if (!isTransport(rtspTransport)) return refused("invalid");
  return {
    ok: true,
    value: {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(threshold !== undefined && { threshold }),
      ...(minFacePx !== undefined && { minFacePx }),
      ...(zone !== undefined && { zone }),
      ...(rtspTransport !== undefined && { rtspTransport }),
    },
  };
}

function isLoginPart(part: unknown): part is string | null | undefined {
  if (part === undefined || part === null) return true;
  return typeof part === "string" && part !== "" && new TextEncoder().encode(part).length <= LOGIN_MAX_BYTES;
}

function isThreshold(threshold: unknown): threshold is number | null | undefined {
  if (threshold === undefined || threshold === null) return true;
  return typeof threshold === "number" && threshold > 0 && threshold <= THRESHOLD_MAX;
}

function isMinFace(px: unknown): px is number | undefined {
  if (px === undefined) return true;
  return typeof px === "number" && Number.isInteger(px) && px >= 0 && px <= MIN_FACE_MAX_PX;
}

function isZone(zone: unknown): zone is Corner[] | null | undefined {
  if (zone === undefined || zone === null) return true;
  return Array.isArray(zone) && zone.length >= ZONE_MIN_CORNERS && zone.length <= ZONE_MAX_CORNERS && zone.every(isCorner);
}

function isCorner(corner: unknown): corner is Corner {
  const isFraction = (part: unknown) => typeof part === "number" && part >= 0 && part <= 1;
  return Array.isArray(corner) && corner.length === 2 && corner.every(isFraction);
}

function isTransport(transport: unknown): transport is RtspTransport | undefined {
  return transport === undefined || RTSP_TRANSPORTS.some((known) => known === transport);
}

/** Ids that need no escaping anywhere, and that the relay takes for a camera which it reads: what is sent as `camera_id`. */
export function isCameraId(id: unknown): id is string {
  return typeof id === "string" && id.length <= CAMERA_ID_MAX_CHARS && /^[A-Za-z0-9](?:[\w-]*[A-Za-z0-9])?$/u.test(id);
}

/** An id made of a name: `Cámara 2 (patio)` gives `camara-2-patio`. Empty where the name has no letter to use. */
export function idOfName(name: string): string {
  const words = searchKey(name).match(/[a-z0-9]+/gu) ?? [];
  return words.join("-").slice(0, CAMERA_ID_MAX_CHARS).replace(/-$/u, "");
}

/** Whether that is the address of a stream that the relay can read. Its user and password may stand in it. */
export function isStream(address: unknown): address is string {
  return isAddress(address) && STREAM_PROTOCOLS.includes(new URL(address.trim()).protocol);
}

/** Whether that can be taken apart for sure; what was stored once may be of a kind that the relay does not read. */
function isAddress(address: unknown): address is string {
  if (typeof address !== "string") return false;
  const text = address.trim();
  if (new TextEncoder().encode(text).length > ADDRESS_MAX_BYTES || !URL.canParse(text)) return false;
  const { hostname, pathname } = new URL(text);
  // An `@` after the host is mostly a password with a slash in it, which has to be written as %2F.
  return hostname !== "" && !pathname.includes("@");
}

/**
 * An address as the relay tells it to those who store what it sees: without user and password, in front of the host or among
 * the parameters.
 */
export function withoutLogin(address: string): string {
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#]*@)?(.*)$/isu.exec(address) ?? [];
  if (scheme === "") return address;
  const [, path = "", query = "", fragment = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/su.exec(rest) ?? [];
  const kept = query.slice(1).split("&").filter((pair) => pair !== "" && !LOGIN_PARAMETERS.has(pair.split("=")[0]?.toLowerCase() ?? ""));
  return `${scheme}${path}${kept.length > 0 ? `?${kept.join("&")}` : ""}${fragment}`;
}

/** What may be seen of a stream's address: `rtsp://***@host:554/…`. Cameras take passwords in paths and queries too. */
export function shownStream(address: string): string {
  // A clip in the folder that the relay's operator names.
  if (address.startsWith("file:")) return "file:…";
  if (!isAddress(address)) return "***";
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
