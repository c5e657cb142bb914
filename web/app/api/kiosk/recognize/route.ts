import { RostroError } from "rostro/next";

import { readDescriptor, type KioskRefusal } from "@/lib/kiosk";
import { recognizeAtKiosk } from "@/lib/kiosk-service";
import { isSameOrigin } from "@/lib/request-guard";

/** Who a face is, by its descriptor in dlib's space: a `KioskAnswer`, or a {@link KioskRefusal}. Nothing is stored. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return refusal(403, "kiosks are pages of this app");
  const reading = readDescriptor(await request.json().catch(() => null));
  if (!reading.ok) return refusal(400, reading.message);
  try {
    return Response.json(await recognizeAtKiosk(reading.descriptor));
  } catch (error) {
    if (!(error instanceof RostroError)) throw error;
    return refusal(503, "the relay cannot be asked now");
  }
}

function refusal(status: number, message: string): Response {
  const body: KioskRefusal = { ok: false, message };
  return Response.json(body, { status });
}
