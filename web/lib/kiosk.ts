/** What a kiosk asks, and what it is told: `POST /api/kiosk/recognize`. */
import { isRecord } from "./json";

/** Numbers in a descriptor, which is an embedding in dlib's space. */
export const DESCRIPTOR_LENGTH = 128;

/** What a kiosk is told of a face. Distance and threshold are dlib's own; `confidence` is what the distance leaves of 1. */
export type KioskAnswer =
  | {
      ok: true;
      recognized: true;
      clientId: string | null;
      clientName: string;
      /** 0..1. */
      confidence: number;
      distance: number;
      threshold: number;
    }
  | { ok: true; recognized: false; distance: number | null; threshold: number };

/** Why a kiosk gets no answer. */
export interface KioskRefusal {
  ok: false;
  message: string;
}

/** The numbers of a request's body, or what is wrong with it. */
export function readDescriptor(body: unknown): { ok: true; descriptor: number[] } | KioskRefusal {
  if (!isRecord(body) || !Array.isArray(body.descriptor)) return { ok: false, message: "descriptor is required" };
  const { length } = body.descriptor;
  if (length !== DESCRIPTOR_LENGTH) {
    return { ok: false, message: `descriptor must have ${DESCRIPTOR_LENGTH} numbers, got ${length}` };
  }
  const descriptor = body.descriptor.filter((one): one is number => typeof one === "number" && Number.isFinite(one));
  if (descriptor.length !== DESCRIPTOR_LENGTH) return { ok: false, message: "descriptor must hold finite numbers only" };
  return { ok: true, descriptor };
}

/** What the relay found, as a kiosk reads it. `person` is the one it named, if it named anybody. */
export function kioskAnswer(
  { distance, threshold }: { distance: number | null; threshold: number },
  person: { name: string; clientId: string | null } | null,
): KioskAnswer {
  if (person === null || distance === null) return { ok: true, recognized: false, distance, threshold };
  const confidence = Math.max(0, Math.round((1 - distance) * 100) / 100);
  return {
    ok: true,
    recognized: true,
    clientId: person.clientId,
    clientName: person.name,
    confidence,
    distance,
    threshold,
  };
}
