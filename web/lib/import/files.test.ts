import { describe, expect, it } from "vitest";

import { readFiles, type GivenFile } from "./files";

function file(name: string, text = "name\nAna\n", size = text.length): GivenFile {
  return { name, size, arrayBuffer: async () => new TextEncoder().encode(text).buffer };
}

const LOST: GivenFile = { name: "gone.csv", size: 3, arrayBuffer: () => Promise.reject(new Error("gone")) };

describe("readFiles", () => {
  it("reads a list of people", async () => {
    const reading = await readFiles([file("people.CSV", "name,phone\nAna,600\nLuis\n")]);
    expect(reading).toMatchObject({
      ok: true,
      chosen: { names: ["people.CSV"], items: [{ at: [2] }], wrongLines: [{ line: 3, reason: "cells" }], ignored: ["phone"] },
    });
  });

  it.each([
    ["something else", [file("face.jpg")], { file: "face.jpg", fault: "no-files" }],
    ["two lists", [file("a.csv"), file("b.csv")], { file: "b.csv", fault: "twice" }],
    ["too much", [file("encodings.npy", "", 60_000_000)], { fault: "npy-too-large" }],
    ["numbers without names", [file("encodings.npy")], { fault: "labels-missing" }],
    ["names without numbers", [file("labels.json")], { fault: "encodings-missing" }],
    ["a list that cannot be read", [file("a.csv", 'name\n"Ana')], { fault: "csv-broken", line: 2 }],
    ["numbers that are none", [file("encodings.npy"), file("labels.json", "[]")], { file: "encodings.npy", fault: "npy-not" }],
    ["a file that is gone", [LOST], { file: "gone.csv", fault: "unreadable" }],
  ])("refuses %s", async (_, files, problem) => {
    expect(await readFiles(files)).toMatchObject({ ok: false, problem });
  });
});
