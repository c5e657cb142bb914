import { describe, expect, it } from "vitest";

import { EMBEDDING_LENGTH, MAX_SAMPLES, readEnrolment } from "./enrolment";

const SAMPLE = { model: "sface-2021dec", embedding: Array<number>(EMBEDDING_LENGTH).fill(0.5), quality: 0.8 };

describe("readEnrolment", () => {
  it("takes a name and samples, and drops what is blank", () => {
    const reading = readEnrolment({ name: "  Ana Pérez ", email: "", unit: "4.º B", samples: [SAMPLE, SAMPLE] });
    expect(reading).toEqual({
      ok: true,
      details: { name: "Ana Pérez", email: null, dni: null, unit: "4.º B", kind: null },
      samples: [SAMPLE, SAMPLE],
    });
  });

  it("takes samples whose quality nobody measured", () => {
    const { model, embedding } = SAMPLE;
    const reading = readEnrolment({ name: "Ana", samples: [{ model, embedding }] });
    expect(reading).toMatchObject({ ok: true, samples: [{ model, quality: null }] });
  });

  it.each([
    ["no object", null, "name"],
    ["no name", { samples: [SAMPLE] }, "name"],
    ["a blank name", { name: " ", samples: [SAMPLE] }, "name"],
    ["a name beyond 200 characters", { name: "x".repeat(201), samples: [SAMPLE] }, "name"],
    ["a name of two lines", { name: "Ana\nLuis", samples: [SAMPLE] }, "name"],
    ["an address that is none", { name: "Ana", email: "ana", samples: [SAMPLE] }, "email"],
    ["a unit beyond 200 characters", { name: "Ana", unit: "x".repeat(201), samples: [SAMPLE] }, "unit"],
    ["no samples", { name: "Ana" }, "samples"],
    ["an empty list of samples", { name: "Ana", samples: [] }, "samples"],
    ["too many samples", { name: "Ana", samples: Array.from({ length: MAX_SAMPLES + 1 }, () => SAMPLE) }, "samples"],
    ["a sample without a model", { name: "Ana", samples: [{ ...SAMPLE, model: "" }] }, "samples"],
    ["a quality that is no share", { name: "Ana", samples: [{ ...SAMPLE, quality: 80 }] }, "samples"],
    ["a sample that is too short", { name: "Ana", samples: [{ ...SAMPLE, embedding: [1, 2] }] }, "samples"],
    [
      "a sample with something that is no number",
      { name: "Ana", samples: [{ ...SAMPLE, embedding: [null, ...SAMPLE.embedding.slice(1)] }] },
      "samples",
    ],
  ])("refuses %s", (_, body, field) => {
    expect(readEnrolment(body)).toEqual({ ok: false, field });
  });
});
