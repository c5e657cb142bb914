/** Which encodings the relay has already: it takes the very same one again, as another sample. */
import { sameNameKey } from "./same-name";

/** Whose encodings, and which. */
export class Held {
  readonly #keys = new Set<string>();

  /** Of all `entries`, those of the people of these names. */
  constructor(entries: readonly { name: string; embedding: readonly number[] }[], names: readonly string[]) {
    const wanted = new Set(names.map(sameNameKey));
    for (const { name, embedding } of entries) {
      if (wanted.has(sameNameKey(name))) this.#keys.add(keyOf(name, Float32Array.from(embedding)));
    }
  }

  /** Those of `vectors` that this person does not have, each once; from then on they are held too. */
  takeNew(name: string, vectors: readonly Float32Array[]): Float32Array[] {
    return vectors.filter((vector) => {
      const key = keyOf(name, vector);
      const isNew = !this.#keys.has(key);
      this.#keys.add(key);
      return isNew;
    });
  }

  /** Takes back what was not stored after all. */
  release(name: string, vectors: readonly Float32Array[]): void {
    for (const vector of vectors) this.#keys.delete(keyOf(name, vector));
  }
}

/** To the bit; but -0 is 0, which is all that JSON leaves of it. */
function keyOf(name: string, vector: Float32Array): string {
  const bits = new Uint32Array(vector.map((number) => number + 0).buffer);
  return `${sameNameKey(name)}\n${bits.join(" ")}`;
}
