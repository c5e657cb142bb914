import { CameraNotFound, createWebhookHandler } from "rostro/next";

import { database } from "@/db/database";
import { recordDetection } from "@/db/detections";
import { readDetectionBody } from "@/lib/detection-body";
import { webhookSecret } from "@/lib/settings";
import { eventStored } from "@/lib/snapshots/service";

/** What the relay delivers: stored once, answered with 201 and the event. */
export async function POST(request: Request): Promise<Response> {
  const handle = createWebhookHandler({
    secret: webhookSecret(),
    onDetection: async (body, { webhookId }) => {
      const recorded = await recordDetection(await database(), readDetectionBody(body), webhookId ?? null, new Date());
      if (!recorded.ok) throw new CameraNotFound();
      await eventStored(recorded.detection.captureId);
      const { id, status, clientId, confidence, occurredAt } = recorded.detection;
      return { id, status, clientId, confidence, occurredAt };
    },
  });
  return handle(request);
}
