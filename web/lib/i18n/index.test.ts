import { describe, expect, it } from "vitest";

import { en } from "./en";
import { es } from "./es";
import { dictionary, fill, LOCALES, pickLocale, plural } from "./index";

/** Every text with the path to it. */
function texts(branch: object, path = ""): [path: string, text: string][] {
  return Object.entries(branch).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value === "string") return [[`${path}${key}`, value]];
    return typeof value === "object" && value !== null ? texts(value, `${path}${key}.`) : [];
  });
}

function placeholders(text: string): string[] {
  return (text.match(/\{\w+\}/gu) ?? []).toSorted();
}

describe("the dictionaries", () => {
  it("have the same keys", () => {
    expect(texts(en).map(([path]) => path)).toEqual(texts(es).map(([path]) => path));
  });

  it("say something everywhere, with the same placeholders", () => {
    const spanish = new Map(texts(es));
    for (const [path, text] of texts(en)) {
      expect(text.trim(), path).not.toBe("");
      expect(spanish.get(path)?.trim(), path).not.toBe("");
      expect(placeholders(text), path).toEqual(placeholders(spanish.get(path) ?? ""));
    }
  });

  it("exist for every language", () => {
    expect(LOCALES.map((locale) => dictionary(locale).nav.people)).toEqual(["Personas", "People"]);
  });
});

describe("pickLocale", () => {
  it.each([
    ["Spanish where nothing is known", undefined, null, "es"],
    ["Spanish for languages that the app does not speak", undefined, "de-DE,fr;q=0.8", "es"],
    ["the browser's first wish that can be met", undefined, "de, en-GB;q=0.9, es;q=0.8", "en"],
    ["the weights, not the order", undefined, "en;q=0.2, es-AR;q=0.9", "es"],
    ["a language that is not wanted at all", undefined, "en;q=0", "es"],
    ["the visitor's own choice", "en", "es", "en"],
    ["the browser's wish where the choice makes no sense", "xx", "en", "en"],
  ])("%s", (_, chosen, header, expected) => {
    expect(pickLocale(chosen, header)).toBe(expected);
  });
});

describe("fill", () => {
  it("replaces what it has a value for", () => {
    expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}");
  });

  it("singles out one", () => {
    const samples = { one: "1 sample", other: "{count} samples" };
    expect([0, 1, 2].map((count) => plural(samples, count))).toEqual(["0 samples", "1 sample", "2 samples"]);
  });
});
