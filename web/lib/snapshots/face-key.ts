/** Which face of which capture a picture shows: the two by which it finds its event. */
import { presentText } from "../identity";

/** A box in whole pixels of the frame, as it is reported and delivered. */
export interface FaceBox {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** A face of a capture. */
export interface FaceKey {
  captureId: string;
  /** The face's box, as {@link faceOf} writes it: what tells the faces of one capture apart. */
  face: string;
}

/** Most characters of a capture's id; this package's own are UUIDs. */
const ID_MAX_CHARS = 100;

/** A box as text. */
export function faceOf({ top, right, bottom, left }: FaceBox): string {
  return [top, right, bottom, left].map(Math.round).join(",");
}

/** The address that a picture of the face is sent to. */
export function snapshotPath({ captureId, face }: FaceKey, cameraId: string): string {
  return `/api/snapshots?${new URLSearchParams({ capture: captureId, face, camera: cameraId })}`;
}

/** The face that such an address names; `null` for one that names none. */
export function readFaceKey(query: URLSearchParams): FaceKey | null {
  const captureId = presentText(query.get("capture"));
  const face = query.get("face") ?? "";
  if (captureId === null || captureId.length > ID_MAX_CHARS) return null;
  return /^-?\d{1,6}(?:,-?\d{1,6}){3}$/u.test(face) ? { captureId, face } : null;
}
