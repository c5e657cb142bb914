import { describe, expect, it } from "vitest";

import { csvLine } from "./csv";

describe("csvLine", () => {
  it("writes texts and numbers, and nothing for what is missing", () => {
    expect(csvLine(["Ana", 59, null, "", -3], ",")).toBe("Ana,59,,,-3\r\n");
  });

  it.each([
    ["a separator", "Núñez, Ana", '"Núñez, Ana"'],
    ["quotes", 'Ana "la jefa"', '"Ana ""la jefa"""'],
    ["a line's end", "Ana\r\nLuis", '"Ana\r\nLuis"'],
    ["spaces at the ends", " Ana ", '" Ana "'],
    ["the other separator, behind which something could begin", "Ana;=1+2", '"Ana;=1+2"'],
  ])("quotes %s", (_, cell, written) => {
    expect(csvLine([cell], ",")).toBe(`${written}\r\n`);
  });

  it("parts cells at semicolons too", () => {
    expect(csvLine(["Ana; Luis", "Núñez, Ana", "Eva"], ";")).toBe('"Ana; Luis";"Núñez, Ana";Eva\r\n');
  });

  it.each([
    ["=", "=1+2", "'=1+2"],
    ["+", "+34 600", "'+34 600"],
    ["-", "-Ana", "'-Ana"],
    ["@", "@SUM(A1)", "'@SUM(A1)"],
    ["TAB", "\t=1", `"'\t=1"`],
    ["CR", "\r=1", `"'\r=1"`],
    ["a wide =", "＝1+2", "'＝1+2"],
    ["= with quotes", '=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ])("makes harmless what begins with %s", (_, cell, written) => {
    expect(csvLine([cell], ",")).toBe(`${written}\r\n`);
  });

  it("leaves such signs alone elsewhere", () => {
    expect(csvLine(["a=b", "1-2", "ana@example.org"], ",")).toBe("a=b,1-2,ana@example.org\r\n");
  });
});
