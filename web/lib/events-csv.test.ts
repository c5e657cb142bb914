import { describe, expect, it } from "vitest";

import type { EventLine } from "@/db/detections";

import { eventsCsv, isTimeZone } from "./events-csv";
import { dictionary, type Locale } from "./i18n";
import { textStream } from "./text-stream";

const LINE: EventLine = {
  id: "e1",
  sequence: 1,
  name: "Ana",
  client: { name: "Ana", unit: "4B", kind: null },
  status: "MATCHED",
  confidence: 0.594,
  cameraName: "Cámara web",
  occurredAt: "2026-07-22T22:30:00.000Z",
  correction: null,
  snapshot: null,
};

async function* pagesOf(...pages: EventLine[][]) {
  yield* pages;
}

async function written(pages: EventLine[][], { locale = "en", max = 100 }: { locale?: Locale; max?: number } = {}): Promise<string[]> {
  const options = { t: dictionary(locale), locale, timeZone: "Europe/Madrid", max };
  const text = await new Response(textStream(eventsCsv(pagesOf(...pages), options))).arrayBuffer();
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(text).split("\r\n");
}

describe("eventsCsv", () => {
  it("begins with the mark of UTF-8 and the columns, and gives times in both zones", async () => {
    const [head, line, end] = await written([[LINE]]);
    expect(head).toBe(
      "\u{FEFF}Time (Europe/Madrid),Time (UTC),Name,Status,Likeness (%),Camera,On file as,Flat or office,Corrected,It was",
    );
    expect(line).toBe("2026-07-23 00:30:00,2026-07-22T22:30:00.000Z,Ana,Recognised,59,Cámara web,Ana,4B,,");
    expect(end).toBe("");
  });

  it("is in Spanish with semicolons, as spreadsheets there want them", async () => {
    const [head, line] = await written([[LINE]], { locale: "es" });
    expect(head).toContain("Hora (UTC);Nombre;Estado");
    expect(line).toContain(";Ana;Reconocido;59;");
  });

  it("says what was corrected, and gives no likeness of somebody unknown", async () => {
    const corrected = { ...LINE, correction: { name: "=Luis" } };
    const unknown = { ...LINE, name: null, client: null, status: "UNKNOWN" as const };
    const [, first, second] = await written([[corrected, unknown]]);
    expect(first).toMatch(/,yes,'=Luis$/u);
    expect(second).toBe("2026-07-23 00:30:00,2026-07-22T22:30:00.000Z,,Unknown,,Cámara web,,,,");
  });

  it.each([
    ["all of them where they just fit", [2, 1], 3, 3, false],
    ["as many as there may be, within a page", [2, 2], 3, 3, true],
    ["as many as there may be, at a page's end", [2, 2], 2, 2, true],
    ["nothing but the columns where there are none", [], 3, 0, false],
  ])("writes %s", async (_, sizes, max, lines, isTruncated) => {
    const rows = await written(sizes.map((size) => Array.from({ length: size }, () => LINE)), { max });
    expect(rows.filter((row) => row.includes("Ana"))).toHaveLength(lines);
    expect(rows.some((row) => row.includes(`has the ${max} newest rows`))).toBe(isTruncated);
  });
});

describe("isTimeZone", () => {
  it.each([
    ["UTC", true],
    ["America/Argentina/Buenos_Aires", true],
    ["Mars/Olympus", false],
    ["", false],
  ])("«%s»: %s", (name, expected) => {
    expect(isTimeZone(name)).toBe(expected);
  });
});

describe("textStream", () => {
  it("makes no piece that nobody takes, and ends its source when it is cancelled", async () => {
    const made: number[] = [];
    let ended = false;
    async function* pieces() {
      try {
        for (let piece = 0; piece < 1000; piece++) {
          made.push(piece);
          yield `${piece};`;
        }
      } finally {
        ended = true;
      }
    }
    const reader = textStream(pieces()).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("0;");
    await reader.cancel();
    expect(made.length).toBeLessThan(4);
    expect(ended).toBe(true);
  });

  it("gives the whole text", async () => {
    async function* pieces() {
      yield "Núñez";
      yield "";
      yield "\n";
    }
    expect(await new Response(textStream(pieces())).text()).toBe("Núñez\n");
  });
});
