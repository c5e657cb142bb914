/** Whose faces they are by somebody who is asked, in the place of a gallery: people who are kept elsewhere. */
import type { Face, FaceDecision, FaceMatch } from "../wasm/rostro_wasm.js";

/** An embedding and the model that made it. */
export interface LookedUp {
  readonly model: string;
  /** 128 numbers. Biometric data. */
  readonly embedding: Float32Array;
}

/** Says who a face is by its embeddings, each of another model. */
export type Lookup = (embeddings: readonly LookedUp[]) => Promise<FaceMatch>;

/** Answers in a row that must agree before anything is decided, or decided otherwise. */
const AGREEING = 2;
/** A look that was asked about is asked about again after this long, where no newer one is there. */
const AGAIN_MS = 1_000;
/** A decision that no later answer confirms ends after this long: whoever is asked cannot be reached. */
const STALE_MS = 5_000;
/** A face that is gone this long does not come back under its number. */
const GONE_MS = 20_000;

const UNDECIDED = { outcome: "undecided", personId: null, name: null } as const;

/** What is known of one followed face. */
interface Track {
  /** The latest look that was asked about. */
  asked: Float32Array | undefined;
  askedMs: number;
  isAsking: boolean;
  match: FaceMatch | undefined;
  /** How many of the latest answers agree with `match`, it among them. */
  agreeing: number;
  decided: FaceMatch | undefined;
  answers: number;
  answeredMs: number;
  seenMs: number;
}

/** The embeddings of a face, as a {@link Lookup} takes them. */
export function embeddingsOf({ model, embedding, otherEmbeddings }: Face): readonly LookedUp[] {
  return [{ model, embedding }, ...otherEmbeddings];
}

/** Asks about the faces of one followed video: about each new look at once, one question a face at a time. */
export class AskedTracks {
  readonly #lookup: Lookup;
  readonly #onError: (error: unknown) => void;
  readonly #tracks = new Map<number, Track>();

  constructor(lookup: Lookup, onError: (error: unknown) => void) {
    this.#lookup = lookup;
    this.#onError = onError;
  }

  /** The faces of a frame with what was answered until `nowMs`, of a clock that only goes forward. */
  named(faces: readonly Face[], nowMs: number): Face[] {
    const named = faces.map((face) => (face.trackId === undefined ? face : this.#named(face, face.trackId, nowMs)));
    for (const [id, { seenMs }] of this.#tracks) if (nowMs - seenMs > GONE_MS) this.#tracks.delete(id);
    return named;
  }

  #named(face: Face, id: number, nowMs: number): Face {
    const track = this.#tracks.get(id) ?? newTrack();
    this.#tracks.set(id, track);
    track.seenMs = nowMs;
    if (nowMs - track.answeredMs > STALE_MS) forgetAnswers(track);
    const isDue = nowMs - track.askedMs >= AGAIN_MS || !isSame(face.embedding, track.asked);
    if (isDue && !track.isAsking) void this.#ask(face, track, nowMs);
    const { outcome, personId, name } = track.decided ?? UNDECIDED;
    const decision: FaceDecision = { outcome, personId, name, looks: track.answers };
    return { ...face, ...(track.match !== undefined && { match: track.match }), decision };
  }

  async #ask(face: Face, track: Track, nowMs: number): Promise<void> {
    track.asked = face.embedding;
    track.askedMs = nowMs;
    track.isAsking = true;
    const begun = performance.now();
    try {
      const match = await this.#lookup(embeddingsOf(face));
      track.answeredMs = nowMs + performance.now() - begun;
      track.answers += 1;
      track.agreeing = agree(match, track.match) ? track.agreeing + 1 : 1;
      track.match = match;
      if (track.agreeing >= AGREEING) track.decided = match;
    } catch (error) {
      this.#onError(error);
    } finally {
      track.isAsking = false;
    }
  }
}

function newTrack(): Track {
  const nothing = { asked: undefined, match: undefined, decided: undefined };
  return { ...nothing, isAsking: false, agreeing: 0, answers: 0, askedMs: 0, answeredMs: 0, seenMs: 0 };
}

function forgetAnswers(track: Track): void {
  track.match = undefined;
  track.decided = undefined;
  track.agreeing = 0;
}

function agree(a: FaceMatch, b: FaceMatch | undefined): boolean {
  return b !== undefined && a.outcome === b.outcome && a.personId === b.personId;
}

/** Between two looks a face keeps its embedding, which the worker sends with every frame. */
function isSame(a: Float32Array, b: Float32Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((value, index) => value === b[index]);
}
