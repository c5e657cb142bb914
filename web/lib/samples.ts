/** A person's samples one by one: what the relay says of each, put together with this app's own records. */
import type { ProfileLine } from "@/db/people";

/** What is used of an encoding that the relay holds. */
export interface RelayEncoding {
  id: number;
  model: string;
  /** `import`, `import-float64`, `register`, `browser`, `picture` or `derived`. */
  source: string;
  created_at: string;
}

/** Where a sample is from; `null` where only this app's record of it is known. */
export type SampleOrigin = "import" | "app" | "picture" | "derived" | "other" | null;

export interface SampleLine {
  /** The relay's id of it; `null` where the relay cannot be asked, or has none such. */
  id: number | null;
  model: string;
  origin: SampleOrigin;
  /** 0..1; `null` where nobody measured it. */
  quality: number | null;
  /** ISO 8601 in UTC. */
  createdAt: string;
}

export type QualityWord = "good" | "fair" | "poor";

/** From here on a face has nothing against it. */
const GOOD_FROM = 0.7;
/** Up to here a face has a fault, as `rostro-core` scores it. */
const FAIR_FROM = 0.5;

/** What the figure means. */
export function qualityWord(quality: number): QualityWord {
  if (quality >= GOOD_FROM) return "good";
  return quality > FAIR_FROM ? "fair" : "poor";
}

const ORIGINS: Record<string, SampleOrigin> = {
  import: "import",
  "import-float64": "import",
  register: "app",
  browser: "app",
  picture: "picture",
  derived: "derived",
};

/** Each encoding, in the order of their making, with the quality of the profile that is `faceIdOf` it. */
export function sampleLines(
  encodings: readonly RelayEncoding[],
  profiles: readonly ProfileLine[],
  faceIdOf: (encodingId: number) => string,
): SampleLine[] {
  const profileOf = new Map(profiles.map((profile) => [profile.providerFaceId, profile]));
  return encodings.map(({ id, model, source, created_at: createdAt }) => ({
    id,
    model,
    origin: ORIGINS[source] ?? "other",
    quality: profileOf.get(faceIdOf(id))?.quality ?? null,
    createdAt,
  }));
}

/** This app's own records alone. */
export function recordedLines(profiles: readonly ProfileLine[]): SampleLine[] {
  return profiles.map(({ version, quality, createdAt }) => ({
    id: null,
    model: version ?? "",
    origin: null,
    quality,
    createdAt: createdAt.toISOString(),
  }));
}

/**
 * The ids of the encodings that an enrolment has just made of samples of these models, in their order: the newest ones,
 * which have one moment in common. `null` where the newest are not those.
 */
export function idsJustMade(encodings: readonly RelayEncoding[], models: readonly string[]): number[] | null {
  const made = encodings.toSorted((a, b) => a.id - b.id).slice(-models.length);
  const isOurs = ({ model, created_at: at }: RelayEncoding, index: number) =>
    model === models[index] && at === made[0]?.created_at;
  return made.length === models.length && made.every(isOurs) ? made.map(({ id }) => id) : null;
}
