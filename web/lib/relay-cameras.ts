/** Cameras as the relay knows them, beside those of this app: joined for the page, and told of what changes here. */
import type { CameraChange as ChangeAtRelay, CameraStatus, NewCamera as NewAtRelay, RelayCamera, RtspTransport } from "rostro/next";

import { shownStream, type CameraLine, type CameraProblem, type Corner, type ReadingChoices } from "./cameras";
import { isRecord } from "./json";

/** The relay's id of the camera that its legacy routes steer; it can be switched off, not removed. */
const DEFAULT_ID = "default";

/** Longest name that the relay takes, in characters. */
const NAME_MAX_CHARS = 100;

/** What the relay says of a camera. */
export interface CameraAtRelay {
  /** The relay's own id of it. */
  id: string;
  /** Whether the relay reads it; else a browser drives it. */
  isRead: boolean;
  /** Whether its address is set in the relay's environment. */
  isOfEnvironment: boolean;
  /** Whether a login, or a part of the address, is kept from view. */
  hasLogin: boolean;
  /** On the scale where 0.6 is every model's default; `null` for the relay's own. */
  threshold: number | null;
  /** 0 for all. */
  minFacePx: number;
  /** `null` for the whole picture. */
  zone: Corner[] | null;
  rtspTransport: RtspTransport;
  status: CameraStatus;
}

/** A camera of this app, with what it saw. */
export type StoredLine = Omit<CameraLine, "isStored" | "atRelay">;

/** What this module calls of the relay. */
export interface CameraCalls {
  cameras(): Promise<RelayCamera[]>;
  createCamera(camera: NewAtRelay): Promise<RelayCamera>;
  changeCamera(id: string, change: ChangeAtRelay): Promise<RelayCamera>;
  removeCamera(id: string): Promise<void>;
}

/** What is to become of a camera at the relay; what is left out stays as it is. */
export interface Wanted {
  name?: string;
  streamUrl?: string;
  isActive?: boolean;
  choices?: ReadingChoices;
}

/** The id by which this app has a camera of the relay: the one that its events carry. */
export function idHere({ id, camera_id }: Pick<RelayCamera, "id" | "camera_id">): string {
  return camera_id ?? id;
}

/** `cameras` of the relay that are this one of the app. */
export function ofId(cameras: readonly RelayCamera[], id: string): RelayCamera | undefined {
  return cameras.find((camera) => idHere(camera) === id);
}

/**
 * The cameras of this app, in their order, and then those that the relay alone has. Whether one is on, the relay says where
 * it reads it: others switch it too. Its `default` is left out while it has neither name nor address.
 */
export function joinedLines(stored: readonly StoredLine[], atRelay: readonly RelayCamera[]): CameraLine[] {
  const known = stored.map((line) => {
    const camera = ofId(atRelay, line.id);
    if (camera === undefined) return { ...line, isStored: true, atRelay: null };
    const side = sideOf(camera);
    return {
      ...line,
      isStored: true,
      isActive: side.isRead ? camera.enabled : line.isActive,
      isRemovable: line.isRemovable && !side.isOfEnvironment,
      atRelay: side,
    };
  });
  const ids = new Set(stored.map(({ id }) => id));
  const isStray = (camera: RelayCamera) => !ids.has(idHere(camera)) && (camera.stream_url !== null || camera.camera_id !== null);
  return [...known, ...atRelay.filter(isStray).map(strayLine)];
}

/** The lines with what the relay tells of their cameras now. */
export function withNews(lines: CameraLine[], told: readonly RelayCamera[]): CameraLine[] {
  if (told.length === 0) return lines;
  return lines.map((line) => {
    const camera = ofId(told, line.id);
    if (camera === undefined) return line;
    const atRelay = sideOf(camera);
    return { ...line, isActive: atRelay.isRead || !line.isStored ? camera.enabled : line.isActive, atRelay };
  });
}

function strayLine(camera: RelayCamera): CameraLine {
  return {
    id: idHere(camera),
    name: camera.name,
    location: null,
    isActive: camera.enabled,
    stream: camera.stream_url === null ? null : shownStream(camera.stream_url),
    faces: 0,
    unknown: 0,
    lastEventAt: null,
    isRemovable: false,
    isStored: false,
    atRelay: sideOf(camera),
  };
}

/** What a page may know of a camera of the relay; its address is no part of it. */
export function sideOf(camera: RelayCamera): CameraAtRelay {
  return {
    id: camera.id,
    isRead: camera.stream_url !== null,
    isOfEnvironment: camera.of_environment,
    hasLogin: camera.has_credentials,
    threshold: camera.threshold === null ? null : rounded(camera.threshold),
    minFacePx: camera.min_face_px,
    zone: camera.zone,
    rtspTransport: camera.rtsp_transport,
    status: camera.status,
  };
}

/** The relay keeps 32 bits, which 0.6 is not in. */
function rounded(threshold: number): number {
  return Math.round(threshold * 1e4) / 1e4;
}

/** Makes a camera at the relay, which reads it from then on. Throws what {@link problemOf} understands, as the others here. */
export async function makeAtRelay(
  relay: CameraCalls,
  id: string,
  wanted: Wanted & { name: string; streamUrl: string },
): Promise<RelayCamera> {
  const cameras = await relay.cameras();
  if (cameras.some((camera) => camera.id === id || idHere(camera) === id)) throw new Refused("at-relay");
  return create(relay, id, wanted);
}

/**
 * Tells the relay what changes of the camera that this app has as `id`. One that it does not know is made there, if it has
 * an address, in `wanted` or in `stored`, and is to be on. `null` where it is none of the relay's.
 */
export async function tellRelay(
  relay: CameraCalls,
  id: string,
  wanted: Wanted,
  stored: { name: string; streamUrl: string | null; isActive: boolean },
): Promise<RelayCamera | null> {
  const known = ofId(await relay.cameras(), id);
  if (known) return relay.changeCamera(known.id, changeOf(wanted));
  const streamUrl = wanted.streamUrl ?? stored.streamUrl;
  if (streamUrl === null || wanted.isActive === false) return null;
  const { name, isActive } = stored;
  return create(relay, id, { name, isActive, ...wanted, streamUrl });
}

/** Has the relay read that camera no more, and forget its login. */
export async function dropAtRelay(relay: CameraCalls, id: string): Promise<void> {
  const known = ofId(await relay.cameras(), id);
  if (known === undefined) return;
  if (known.id === DEFAULT_ID) await relay.changeCamera(DEFAULT_ID, { enabled: false, stream_url: null });
  else await relay.removeCamera(known.id);
}

/** Something that was seen here already. */
class Refused extends Error {
  readonly code: CameraProblem;

  constructor(code: CameraProblem) {
    super(code);
    this.code = code;
  }
}

async function create(
  relay: CameraCalls,
  id: string,
  { name, streamUrl, isActive = true, choices = {} }: Wanted & { name: string; streamUrl: string },
): Promise<RelayCamera> {
  const { username, password, threshold, minFacePx, zone, rtspTransport } = choices;
  const camera: NewAtRelay = {
    id,
    name: nameAtRelay(name),
    stream_url: streamUrl,
    enabled: isActive,
    ...(username != null && { username }),
    ...(password != null && { password }),
    ...(threshold != null && { threshold }),
    ...(minFacePx !== undefined && { min_face_px: minFacePx }),
    ...(zone != null && { zone }),
    ...(rtspTransport !== undefined && { rtsp_transport: rtspTransport }),
  };
  try {
    return await relay.createCamera(camera);
  } catch (error) {
    // The id is free, so there are as many as there may be.
    throw isRecord(error) && error.code === "conflict" ? new Refused("too-many") : error;
  }
}

function changeOf({ name, streamUrl, isActive, choices = {} }: Wanted): ChangeAtRelay {
  const { username, password, threshold, minFacePx, zone, rtspTransport } = choices;
  return {
    ...(name !== undefined && { name: nameAtRelay(name) }),
    ...(streamUrl !== undefined && { stream_url: streamUrl }),
    ...(isActive !== undefined && { enabled: isActive }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(threshold !== undefined && { threshold }),
    ...(minFacePx !== undefined && { min_face_px: minFacePx }),
    ...(zone !== undefined && { zone }),
    ...(rtspTransport !== undefined && { rtsp_transport: rtspTransport }),
  };
}

/** The relay's names are shorter, and on one line. */
function nameAtRelay(name: string): string {
  const line = name.replaceAll(/\p{Cc}+/gu, " ").trim();
  return [...line].slice(0, NAME_MAX_CHARS).join("").trim();
}

/** Why the relay did not do it, in this app's words. */
export function problemOf(error: unknown): CameraProblem {
  const [code, field] = isRecord(error) ? [error.code, error.field] : [];
  switch (code) {
    case "relay-unreachable":
    case "busy":
      return "relay-away";
    case "at-relay":
    case "too-many":
    case "address-refused":
      return code;
    case "not-found":
      return "gone";
    case "conflict":
      return "of-environment";
    case "invalid-request":
      return typeof field === "string" ? (FIELDS[field] ?? "invalid") : "invalid";
    default:
      return "failed";
  }
}

const FIELDS: Record<string, CameraProblem> = {
  id: "invalid-id",
  name: "invalid-name",
  stream_url: "invalid-stream",
  username: "invalid-login",
  password: "invalid-login",
  threshold: "invalid-threshold",
  min_face_px: "invalid-min-face",
  zone: "invalid-zone",
};
