import { useCallback, useEffect, useRef, useState } from "react";
import type { FaceResult } from "../generated/FaceResult.js";
import type { Receipt } from "../generated/Receipt.js";
import { Listeners } from "../listeners.js";
import { randomId } from "../random-id.js";
import type { RelayClient, ReportOptions } from "../relay/client.js";
import { Sightings, type SightingRules } from "../relay/sightings.js";
import { whoIs } from "../who.js";
import type { Face } from "../../wasm/rostro_wasm.js";

/** What became of a report: on its way, or what the relay says of it. */
export type SendingState = "waiting" | "verified" | "mismatch" | "stored" | "failed";

/** One face that was reported. */
export interface ReportedFaceLine {
  readonly id: string;
  /** `null` for somebody unknown. */
  readonly name: string | null;
  /** 0..1. */
  readonly confidence: number;
  /** ISO 8601. */
  readonly seenAt: string;
  readonly sending: SendingState;
  /** Whether the relay had it by REST and by Socket.IO. */
  readonly hybrid: boolean;
}

/** Where faces were found, for whoever wants a picture of them. */
export type ReportSource = HTMLVideoElement | Blob;

/** A report that was just made, as `onReport` is told of it. */
export interface SentReport {
  readonly faces: readonly Face[];
  /** What was given as their source, which is sent nowhere. A video plays on: it shows a moment later than the faces. */
  readonly source: ReportSource | null;
  /** What the relay makes of them, in their order; rejects for a report that is refused or given up. */
  readonly receipt: Promise<Receipt>;
}

/** How often, and who is told. */
export interface ReportingOptions extends SightingRules {
  /** Told of every report as soon as it is made. */
  readonly onReport?: ((report: SentReport) => void) | undefined;
}

/** How a report is made by hand. */
export interface ReportingChoices extends Pick<ReportOptions, "picture" | "hybrid"> {
  /** What the faces were found in; given on to `onReport`, and sent nowhere. */
  readonly source?: ReportSource;
}

/** The last reports, newest first, and the function that is given every frame's faces. */
export interface Reporting {
  readonly lines: readonly ReportedFaceLine[];
  /** Reports those of a frame's faces that are worth it; the video that shows them is given on to `onReport`. */
  readonly look: (faces: readonly Face[], source?: HTMLVideoElement | null) => void;
  /** Reports these faces now, whatever was reported before. */
  readonly report: (faces: readonly Face[], choices?: ReportingChoices) => Promise<void>;
}

/** Lines that are kept. */
const KEPT = 12;

const AFTER_VERDICT: Readonly<Record<FaceResult["verified"], SendingState>> = {
  server: "verified",
  mismatch: "mismatch",
  client_claim: "stored",
};

/**
 * Sends what is worth a report, and remembers the last ones. Without a client nothing is sent, nor while the relay has the
 * camera of this page switched off (`paused` of its state).
 */
export function useReporting(client: RelayClient | null, options: ReportingOptions): Reporting {
  const [lines, setLines] = useState<readonly ReportedFaceLine[]>([]);
  const sightings = useRef<Sightings | null>(null);
  sightings.current ??= new Sightings(options);
  const told = useRef(new Listeners<[SentReport]>());
  const { onReport } = options;
  useEffect(() => (onReport ? told.current.add(onReport) : undefined), [onReport]);

  const report = useCallback(
    async (faces: readonly Face[], { source, ...choices }: ReportingChoices = {}) => {
      if (client === null || client.state.paused || faces.length === 0) return;
      const capturedAt = new Date();
      const sent = faces.map((face) => newLine(face, capturedAt));
      setLines((kept) => [...sent, ...kept].slice(0, KEPT));
      const arriving = client.report(faces, { capturedAt, ...choices });
      told.current.emit({ faces, source: source ?? null, receipt: arriving });
      try {
        const receipt = await arriving;
        setLines((kept) => settled(kept, sent, receipt.faces, receipt.hybrid));
      } catch {
        sightings.current?.failed(faces, performance.now());
        setLines((kept) => settled(kept, sent, null, false));
      }
    },
    [client],
  );

  const look = useCallback(
    (faces: readonly Face[], source?: HTMLVideoElement | null) => {
      if (client === null || client.state.paused) return;
      const due = sightings.current?.look(faces, performance.now()) ?? [];
      void report(due, source ? { source } : {});
    },
    [client, report],
  );

  return { lines, look, report };
}

function newLine(face: Face, seenAt: Date): ReportedFaceLine {
  const { name, confidence } = whoIs(face);
  const line = { id: randomId(), name, confidence: confidence ?? 0, seenAt: seenAt.toISOString() };
  return { ...line, sending: "waiting", hybrid: false };
}

/** `lines` with those of one report as the relay sees them; `results` is `null` for a report that failed. */
function settled(
  lines: readonly ReportedFaceLine[],
  sent: readonly ReportedFaceLine[],
  results: readonly FaceResult[] | null,
  hybrid: boolean,
): ReportedFaceLine[] {
  const place = new Map(sent.map((line, index) => [line.id, index]));
  return lines.map((line) => {
    const index = place.get(line.id);
    if (index === undefined) return line;
    const result = results?.[index];
    if (!result) return { ...line, sending: "failed" };
    const { name, confidence, verified } = result;
    return { ...line, name, confidence, hybrid, sending: AFTER_VERDICT[verified] };
  });
}
