/** The webhook's body, read once at the edge; afterwards nobody checks again. */
import type { WebhookBody } from "rostro/next";

import { presentText } from "./identity";
import { isRecord } from "./json";

/** The label that the relay gives to a face it does not know. */
export const UNKNOWN_NAME = "Desconocido";

export interface DetectionBody {
  result: {
    name: string;
    /** 0..1 */
    confidence: number | null;
    /** On the wire's scale, where 0.6 is the threshold. */
    distance: number | null;
    box: { top: number; right: number; bottom: number; left: number } | null;
  };
  cameraId: string | null;
  cameraStreamUrl: string | null;
  /** Who it is in this app, where the sender says so. */
  clientId: string | null;
  /** The capture that the face was seen in. */
  captureId: string | null;
  /** `null` where the sender gave no time that can be read. */
  occurredAt: Date | null;
}

/** What is missing or makes no sense reads as `null`; a result without a name is one of an unknown face. */
export function readDetectionBody(body: WebhookBody): DetectionBody {
  return {
    result: {
      name: presentText(body.result.name) ?? UNKNOWN_NAME,
      confidence: unitInterval(body.result.confidence),
      distance: finite(body.result.distance),
      box: readBox(body.result.box),
    },
    cameraId: presentText(body.camera_id),
    cameraStreamUrl: presentText(body.camera_stream_url),
    clientId: presentText(said("client_id", body)) ?? presentText(said("client_id", body.result)),
    captureId: presentText(body.capture_id),
    // The body's time has a zone; the result's is the sender's local time without one.
    occurredAt: readTime(body.timestamp) ?? readTime(body.result.timestamp),
  };
}

/** A field that senders may add to what the wire has. */
function said(field: string, record: object): unknown {
  return isRecord(record) ? record[field] : undefined;
}

function finite(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function unitInterval(value: unknown): number | null {
  const number = finite(value);
  return number === null ? null : Math.min(Math.max(number, 0), 1);
}

function readBox(value: unknown): DetectionBody["result"]["box"] {
  if (!isRecord(value)) return null;
  const [top, right, bottom, left] = [value.top, value.right, value.bottom, value.left].map(finite);
  if (top == null || right == null || bottom == null || left == null) return null;
  return { top, right, bottom, left };
}

function readTime(value: unknown): Date | null {
  if (typeof value !== "string") return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time;
}
