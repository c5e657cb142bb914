import { describe, expect, it } from "vitest";

import { Held } from "./held";

function vector(first: number): Float32Array {
  return Float32Array.from({ length: 128 }, (_, index) => (index === 0 ? first : 0.1));
}

/** As it comes back: what the relay wrote of a float32. */
function told(name: string, first: number) {
  return { name, embedding: [...vector(first)].map((number) => Number(number.toPrecision(9))) };
}

describe("Held", () => {
  const held = () => new Held([told("José Núñez", 0.3), told("Ana", 0), told("WEISS", 0.7)], ["JOSÉ NÚÑEZ", "Ana", "Weiß"]);

  it("knows what the relay has of the same person, to the bit", () => {
    expect(held().takeNew("José Núñez", [vector(0.3), vector(0.300_000_04)])).toEqual([vector(0.300_000_04)]);
    expect(held().takeNew("Ana", [vector(0.3)])).toHaveLength(1);
    expect(held().takeNew("Weiß", [vector(0.7)])).toHaveLength(0);
  });

  it("takes -0 for 0, as JSON does", () => {
    expect(held().takeNew("Ana", [vector(-0)])).toHaveLength(0);
  });

  it("takes a row that comes twice once, unless it was not stored", () => {
    const some = held();
    expect(some.takeNew("Zoe", [vector(1), vector(1)])).toHaveLength(1);
    expect(some.takeNew("ZOE", [vector(1)])).toHaveLength(0);
    some.release("Zoe", [vector(1)]);
    expect(some.takeNew("Zoe", [vector(1)])).toHaveLength(1);
  });
});
