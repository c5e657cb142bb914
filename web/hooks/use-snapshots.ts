import { useCallback } from "react";
import type { SentReport } from "rostro/react";

import { cropped } from "@/lib/snapshots/crop";
import { faceOf, snapshotPath } from "@/lib/snapshots/face-key";
import type { SnapshotChoice } from "@/lib/snapshots/policy";

/**
 * Sends the app's server a small picture of each face that is reported, where that is chosen. The pictures are made at
 * once and sent when the relay has the report, whose word it is who is known. One that cannot be sent is let go: it is
 * kept nowhere else.
 */
export function useSnapshots(of: SnapshotChoice, cameraId: string): (sent: SentReport) => void {
  return useCallback(
    (sent) => {
      if (of !== "off") sendAll(sent, of, cameraId).catch(() => undefined);
    },
    [of, cameraId],
  );
}

async function sendAll({ faces, source, receipt }: SentReport, of: SnapshotChoice, cameraId: string): Promise<void> {
  if (source === null) return;
  const making = cropped(source, faces.map(({ box }) => box));
  const [pictures, { capture_id: captureId, faces: results }] = await Promise.all([making, receipt]);
  for (const [index, { name, box }] of results.entries()) {
    const picture = pictures[index];
    if (picture == null || (of === "unknown" && name !== null)) continue;
    await fetch(snapshotPath({ captureId, face: faceOf(box) }, cameraId), {
      method: "POST",
      headers: { "content-type": "image/jpeg" },
      body: picture,
    });
  }
}
