import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { MEASURED, outOf } from "./measured";

const DOCS = path.resolve(import.meta.dirname, "../../docs");

/** Numbers of the rows of a page's tables that begin with this cell; a row may be on the page more than once. */
function documented(page: string, row: string): number[] {
  const text = readFileSync(path.join(DOCS, page, "README.md"), "utf8");
  return text
    .split("\n")
    .filter((line) => line.startsWith(`| ${row} |`))
    .map((line) => Number.parseFloat(line.split("|")[2] ?? ""));
}

describe("MEASURED", () => {
  it.each(Object.entries(MEASURED))("%s is what the documentation says", (_, { value, row, page }) => {
    const found = documented(page, row);
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found)).toEqual(new Set([value]));
  });
});

describe("outOf", () => {
  it.each([
    [0.993, 1000, 993],
    [0.9935, 1000, 993],
    [0.9724, 100, 97],
    [1 - 0.0035, 1000, 996],
    [1, 1000, 1000],
  ])("%d of %d is %d, never more", (share, whole, count) => {
    expect(outOf(share, whole)).toBe(count);
  });
});
