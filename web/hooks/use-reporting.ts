"use client";

import { useCallback, useRef, useState } from "react";
import type { FaceResult, RelayClient } from "rostro/relay";

import type { FoundFace } from "@/lib/faces";
import { RETRY_MS, Sightings } from "@/lib/sightings";

/** What became of a report: on its way, or what the relay says of it. */
export type SendingState = "waiting" | "verified" | "mismatch" | "stored" | "failed";

/** One face that was reported. */
export interface ReportedLine {
  id: string;
  /** `null` for somebody unknown. */
  name: string | null;
  /** 0..1 */
  confidence: number;
  /** ISO 8601. */
  seenAt: string;
  sending: SendingState;
}

/** Lines that are kept. */
const KEPT = 12;

const AFTER_VERDICT: Record<FaceResult["verified"], SendingState> = {
  server: "verified",
  mismatch: "mismatch",
  client_claim: "stored",
};

/** Sends what is worth a report, and remembers the last ones. `look` is to be given every frame. */
export function useReporting(client: RelayClient | null, coolDownSeconds: number) {
  const [lines, setLines] = useState<readonly ReportedLine[]>([]);
  const sightings = useRef<Sightings | null>(null);
  sightings.current ??= new Sightings({ coolDownMs: coolDownSeconds * 1_000, retryMs: RETRY_MS });

  const look = useCallback(
    (faces: readonly FoundFace[]) => {
      if (client === null) return;
      const due = sightings.current?.look(faces, performance.now()) ?? [];
      if (due.length === 0) return;
      const seenAt = new Date();
      const sent = due.map((face) => newLine(face, seenAt));
      setLines((kept) => [...sent, ...kept].slice(0, KEPT));
      client
        .report(
          due.map((face) => face.reportable),
          { capturedAt: seenAt },
        )
        .then(
          (receipt) => setLines((kept) => settled(kept, sent, receipt.faces)),
          () => {
            sightings.current?.failed(due, performance.now());
            setLines((kept) => settled(kept, sent, null));
          },
        );
    },
    [client],
  );

  return { lines, look };
}

function newLine({ name, confidence }: FoundFace, seenAt: Date): ReportedLine {
  return { id: crypto.randomUUID(), name, confidence: confidence ?? 0, seenAt: seenAt.toISOString(), sending: "waiting" };
}

/** `lines` with those of one report as the relay sees them; `results` is `null` for a report that failed. */
function settled(
  lines: readonly ReportedLine[],
  sent: readonly ReportedLine[],
  results: readonly FaceResult[] | null,
): ReportedLine[] {
  const place = new Map(sent.map((line, index) => [line.id, index]));
  return lines.map((line) => {
    const index = place.get(line.id);
    if (index === undefined) return line;
    const result = results?.[index];
    if (!result) return { ...line, sending: "failed" };
    const { name, confidence, verified } = result;
    return { ...line, name, confidence, sending: AFTER_VERDICT[verified] };
  });
}
