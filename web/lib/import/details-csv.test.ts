import { describe, expect, it } from "vitest";

import { readDetailsCsv } from "./details-csv";
import { NO_CELLS } from "./fields";

/** As Windows writes western European text. */
function windows1252(text: string): Uint8Array {
  const special: Record<string, number> = { "€": 0x80, "’": 0x92 };
  return Uint8Array.from([...text].map((char) => special[char] ?? char.charCodeAt(0)));
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function linesOf(file: Uint8Array) {
  const reading = readDetailsCsv(file);
  if (!reading.ok) throw new Error(reading.fault);
  return reading;
}

describe("readDetailsCsv", () => {
  const núñez = { ...NO_CELLS, line: 2, name: "José Núñez", unit: "4.º B" };

  it.each([
    ["UTF-8 with commas", utf8("name,unit\nJosé Núñez,4.º B\n")],
    ["its mark in front", utf8("\u{FEFF}Nombre,Unidad\r\nJosé Núñez,4.º B\r\n")],
    ["Windows-1252 with semicolons", windows1252("VIVIENDA;Nombre y apellidos\r\n4.º B;José Núñez\r\n")],
    ["tabs", utf8("unit\tname\n4.º B\tJosé Núñez")],
    ["quotes", utf8('"name","unit"\n"José Núñez","4.º B"\n')],
    ["the line ends of old Macs", utf8("name;unit\rJosé Núñez;4.º B\r")],
  ])("reads %s", (_, file) => {
    expect(linesOf(file)).toEqual({ ok: true, lines: [núñez], wrong: [], ignored: [] });
  });

  it("takes every column by a word for it, in any order, and says which it does not take", () => {
    const { lines, ignored } = linesOf(utf8("Tipo;Teléfono;Correo electrónico;DNI;client_id;Vivienda;NOMBRE\nVisita;600;ana@example.org;1Z;c-1;4B;Ana"));
    expect(lines).toEqual([
      { line: 2, name: "Ana", email: "ana@example.org", dni: "1Z", unit: "4B", kind: "Visita", clientId: "c-1" },
    ]);
    expect(ignored).toEqual(["Teléfono"]);
  });

  it("counts lines as an editor does, and leaves blank ones out", () => {
    const { lines, wrong } = linesOf(utf8('name,unit\n\n"Ana","4\nB"\n,\nLuis,5\n ,\n'));
    expect(wrong.map(({ line, reason }) => [line, reason])).toEqual([[3, "unit"]]);
    expect(lines.map(({ line, name }) => [line, name])).toEqual([[6, "Luis"]]);
  });

  it("names what is wrong with which line, and takes the others", () => {
    const { lines, wrong } = linesOf(
      utf8(`name,email,document,client_id\nAna,ana,,\n,x@example.org,,\nLuis,,1Z,\nZoe,,\nBea,,,../etc\n,,2X,\nEva,,,new\n${"x".repeat(201)},,,`),
    );
    expect(wrong.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "email"],
      [3, "no-name"],
      [5, "cells"],
      [6, "clientId"],
      [8, "clientId"],
      [9, "name"],
    ]);
    expect(wrong[0]?.cells).toEqual({ ...NO_CELLS, name: "Ana", email: "ana" });
    expect(lines.map(({ line }) => line)).toEqual([4, 7]);
  });

  it("takes back what the app's own files put in front of formulas", () => {
    expect(linesOf(utf8("name,unit\nAna,'-1\nLuis,'quoted")).lines.map(({ unit }) => unit)).toEqual(["-1", "'quoted"]);
  });

  it.each([
    ["nothing", utf8(""), { fault: "csv-empty", line: null }],
    ["a picture", Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]), { fault: "csv-not-text" }],
    ["no known column", utf8("Ana,4B\nLuis,5A"), { fault: "csv-no-columns", line: 1, found: "Ana, 4B" }],
    ["nobody's column", utf8("unit,email\n4B,a@b.c"), { fault: "csv-no-columns", line: 1 }],
    ["a column twice", utf8("name,unit,Nombre\nAna,4B,Luis"), { fault: "csv-column-twice", line: 1, found: "Nombre" }],
    ["a quote that nothing closes", utf8('name,unit\nAna,4B\nLuis,"5\nBea,6\n'), { fault: "csv-broken", line: 3 }],
    ["a quote in the middle", utf8('name,unit\nAna,4"B\n'), { fault: "csv-broken", line: 2 }],
  ])("refuses %s", (_, file, expected) => {
    expect(readDetailsCsv(file)).toMatchObject({ ok: false, ...expected });
  });

  it("refuses more lines than an import takes", () => {
    const reading = readDetailsCsv(utf8(`name\n${"Ana\n".repeat(100_001)}`));
    expect(reading).toMatchObject({ ok: false, fault: "csv-rows", found: "100001" });
  });
});
