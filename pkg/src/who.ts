/** Who a face is, in one place: by all looks at it where it is followed, else by this one. */
import type { Face, FaceOutcome } from "../wasm/rostro_wasm.js";

/** What is known of whose face it is; `unsearched` where no gallery is set. */
export interface Identity {
  readonly outcome: FaceOutcome | "unsearched";
  /** The person's id; `null` unless known. */
  readonly personId: string | null;
  /** The person's name; `null` unless known. */
  readonly name: string | null;
  /**
   * The calibrated probability that it is that person, 0..1, by the latest look; `null` unless known, or where the latest
   * look by itself says otherwise.
   */
  readonly confidence: number | null;
  /** Whether the latest look says what all looks together say: only then does its embedding show it to somebody else. */
  readonly agrees: boolean;
}

const UNSEARCHED = { outcome: "unsearched", personId: null, name: null } as const;

/** Who `face` is. */
export function whoIs({ match, decision }: Pick<Face, "match" | "decision">): Identity {
  const { outcome, personId, name } = decision ?? match ?? UNSEARCHED;
  const agrees = match !== undefined && match.outcome === outcome && match.personId === personId;
  return { outcome, personId, name, agrees, confidence: agrees && name !== null ? match.confidence : null };
}
