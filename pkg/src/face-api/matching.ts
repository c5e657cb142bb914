/** Who a descriptor is, as face-api.js decides it: the least mean distance to anybody's descriptors, if below a threshold. */
import { RostroError } from "../errors.js";

/** Somebody's descriptors, as JSON. */
export interface LabeledFaceDescriptorsJson {
  readonly label: string;
  readonly descriptors: readonly (readonly number[])[];
}

/** A matcher, as JSON. */
export interface FaceMatcherJson {
  readonly distanceThreshold: number;
  readonly labeledDescriptors: readonly LabeledFaceDescriptorsJson[];
}

/** Euclidean, between two lists of as many numbers. */
export function euclideanDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RostroError("invalid-embedding", `descriptors of ${a.length} and of ${b.length} numbers have no distance`);
  }
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += ((a[index] ?? 0) - (b[index] ?? 0)) ** 2;
  return Math.sqrt(sum);
}

/** Somebody's descriptors under a label. */
export class LabeledFaceDescriptors {
  readonly label: string;
  readonly descriptors: Float32Array[];

  constructor(label: string, descriptors: Float32Array[]) {
    if (typeof label !== "string") throw new RostroError("invalid-request", "a label is a text", { field: "label" });
    if (!Array.isArray(descriptors) || !descriptors.every((one) => one instanceof Float32Array)) {
      throw new RostroError("invalid-embedding", "descriptors are a list of Float32Array", { field: "descriptors" });
    }
    this.label = label;
    this.descriptors = descriptors;
  }

  toJSON(): LabeledFaceDescriptorsJson {
    return { label: this.label, descriptors: this.descriptors.map((one) => Array.from(one)) };
  }

  static fromJSON({ label, descriptors }: LabeledFaceDescriptorsJson): LabeledFaceDescriptors {
    return new LabeledFaceDescriptors(
      label,
      descriptors.map((one) => Float32Array.from(one)),
    );
  }
}

/** Whom a descriptor is nearest to. */
export class FaceMatch {
  /** `unknown` for nobody. */
  readonly label: string;
  /** The mean distance to that label's descriptors, or to the nearest one's of nobody. */
  readonly distance: number;

  constructor(label: string, distance: number) {
    this.label = label;
    this.distance = distance;
  }

  /** The label, and the distance cut off behind two places, as face-api.js shows it, unless it is not wanted. */
  toString(withDistance = true): string {
    return withDistance ? `${this.label} (${Math.floor(this.distance * 100) / 100})` : this.label;
  }
}

/** What a matcher is made of: people, results of `withFaceDescriptor`, or bare descriptors. */
export type FaceMatcherInput = LabeledFaceDescriptors | { readonly descriptor: Float32Array } | Float32Array;

/** Finds who a descriptor is. */
export class FaceMatcher {
  readonly labeledDescriptors: LabeledFaceDescriptors[];
  /** A distance is to be below it. 0.6 is dlib's own. */
  readonly distanceThreshold: number;

  constructor(inputs: FaceMatcherInput | readonly FaceMatcherInput[], distanceThreshold = 0.6) {
    const all = Array.isArray(inputs) ? (inputs as readonly FaceMatcherInput[]) : [inputs as FaceMatcherInput];
    if (all.length === 0) throw new RostroError("invalid-request", "a matcher is made of at least one descriptor");
    let unnamed = 0;
    const named = (descriptor: Float32Array) => new LabeledFaceDescriptors(`person ${(unnamed += 1)}`, [descriptor]);
    this.labeledDescriptors = all.map((input) => {
      if (input instanceof LabeledFaceDescriptors) return input;
      const descriptor = input instanceof Float32Array ? input : input?.descriptor;
      if (descriptor instanceof Float32Array) return named(descriptor);
      throw new RostroError("invalid-embedding", "a matcher is made of labelled descriptors, results or Float32Arrays");
    });
    this.distanceThreshold = distanceThreshold;
  }

  /** The mean of the distances; 0 where there are no descriptors. */
  computeMeanDistance(descriptor: ArrayLike<number>, descriptors: readonly ArrayLike<number>[]): number {
    const sum = descriptors.reduce((total, one) => total + euclideanDistance(one, descriptor), 0);
    return sum / (descriptors.length || 1);
  }

  /** The nearest, however far. */
  matchDescriptor(descriptor: ArrayLike<number>): FaceMatch {
    const matches = this.labeledDescriptors.map(
      ({ label, descriptors }) => new FaceMatch(label, this.computeMeanDistance(descriptor, descriptors)),
    );
    return matches.reduce((best, match) => (match.distance <= best.distance ? match : best));
  }

  /** The nearest, if near enough, else `unknown`. */
  findBestMatch(descriptor: ArrayLike<number>): FaceMatch {
    const nearest = this.matchDescriptor(descriptor);
    return nearest.distance < this.distanceThreshold ? nearest : new FaceMatch("unknown", nearest.distance);
  }

  toJSON(): FaceMatcherJson {
    const { distanceThreshold, labeledDescriptors } = this;
    return { distanceThreshold, labeledDescriptors: labeledDescriptors.map((one) => one.toJSON()) };
  }

  static fromJSON({ distanceThreshold, labeledDescriptors }: FaceMatcherJson): FaceMatcher {
    return new FaceMatcher(labeledDescriptors.map(LabeledFaceDescriptors.fromJSON), distanceThreshold);
  }
}
