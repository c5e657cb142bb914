import { describe, expect, it } from "vitest";

import { NO_FILTERS, type EventFilters } from "@/lib/event-filters";
import { identityKey } from "@/lib/identity";

import type { Database } from "./database";
import { eventPages, listCameras, listEvents, newestSequence, recordDetection, storeCorrection } from "./detections";
import { detectionsPerHour } from "./detections-per-hour";
import { listClientNames } from "./people";
import { cameras, clients } from "./schema";
import { detectionBody as body, temporaryDatabase } from "./testing";

const NOW = new Date("2026-11-22T12:00:00Z");

/** Two clients, two cameras, and six events from nine o'clock on, one each hour. */
async function filled(): Promise<Database> {
  const database = await temporaryDatabase();
  await database.insert(cameras).values({ id: "door", name: "Puerta" });
  for (const [id, name, email] of [
    ["c1", "Ángela Núñez", "angela@example.org"],
    ["c2", "Ana 100%", null],
  ] as const) {
    await database.insert(clients).values({
      id,
      name,
      nameKey: identityKey(name),
      unit: "4B",
      ...(email !== null && { email, emailKey: identityKey(email) }),
    });
  }
  const seen = [
    ["ángela núñez", "webcam"],
    ["Ana 100%", "door"],
    ["ÓSCAR", "webcam"],
    ["Desconocido", "door"],
    ["Desconocido", "webcam"],
    ["Luis_1", "webcam"],
  ] as const;
  for (const [index, [name, camera_id]] of seen.entries()) {
    const timestamp = `2026-11-22T${String(9 + index).padStart(2, "0")}:00:00Z`;
    await recordDetection(database, body(name, { camera_id, timestamp }), null, NOW);
  }
  return database;
}

async function names(database: Database, filters: Partial<EventFilters>): Promise<(string | null)[]> {
  const lines = await listEvents(database, { filters: { ...NO_FILTERS, ...filters } });
  return lines.map((line) => line.name).toReversed();
}

describe("events that pass", () => {
  it.each<[string, Partial<EventFilters>, (string | null)[]]>([
    ["nothing said", {}, ["Ángela Núñez", "Ana 100%", "ÓSCAR", null, null, "Luis_1"]],
    ["part of a client's name, letter case aside", { person: "NÚÑ" }, ["Ángela Núñez"]],
    ["part of a name, accents aside", { person: "angela nun" }, ["Ángela Núñez"]],
    ["a name of nobody on file, accents aside", { person: "oscar" }, ["ÓSCAR"]],
    ["a client's e-mail address", { person: "Angela@Example.org" }, ["Ángela Núñez"]],
    ["part of an e-mail address is none", { person: "example" }, []],
    ["a name of nobody on file, with accents", { person: "óscar" }, ["ÓSCAR"]],
    ["a sign that stands for anything elsewhere: %", { person: "%" }, ["Ana 100%"]],
    ["a sign that stands for anything elsewhere: _", { person: "_" }, ["Luis_1"]],
    ["a backslash", { person: "\\" }, []],
    ["a quote", { person: "'" }, []],
    ["a status", { status: "UNKNOWN" }, [null, null]],
    ["a camera", { camera: "door" }, ["Ana 100%", null]],
    ["from, included", { from: "2026-11-22T13:00:00.000Z" }, [null, "Luis_1"]],
    ["to, not included", { to: "2026-11-22T10:00:00.000Z" }, ["Ángela Núñez"]],
    ["all at once", { camera: "webcam", status: "NEW_FACE", from: "2026-11-22T12:00:00.000Z" }, ["Luis_1"]],
    ["a camera that there is not", { camera: "gone" }, []],
  ])("%s", async (_, filters, expected) => {
    expect(await names(await filled(), filters)).toEqual(expected);
  });

  it("are found by whom they were corrected to, and by whom they had named", async () => {
    const database = await filled();
    const answer = await recordDetection(database, body("Ana 100%"), null, NOW);
    if (!answer.ok) throw new Error(answer.reason);
    const correction = { relayEventId: 1, name: "Íñigo", nameKey: identityKey("Íñigo") };
    await storeCorrection(database, answer.detection, correction);
    expect(await names(database, { person: "íñi" })).toEqual(["Ana 100%"]);
    expect(await names(database, { person: "ana" })).toEqual(["Ana 100%", "Ana 100%"]);
  });

  it("tell who of those on file they are about", async () => {
    const lines = await listEvents(await filled(), { filters: { ...NO_FILTERS, camera: "webcam" } });
    const client = { name: "Ángela Núñez", unit: "4B", kind: null };
    expect(lines.map((line) => line.client).toReversed()).toEqual([client, null, null, null]);
  });

  it("come by cursor too", async () => {
    const database = await filled();
    const filters = { ...NO_FILTERS, camera: "webcam" };
    const [newest, second] = await listEvents(database, { filters });
    if (!newest || !second) throw new Error("four events pass");
    expect(await newestSequence(database)).toBe(newest.sequence);
    expect(await listEvents(database, { filters, after: second.sequence })).toEqual([newest]);
    expect(await listEvents(database, { filters, before: newest.sequence })).toHaveLength(3);
  });
});

describe("eventPages", () => {
  it("gives all of them, newest first, page by page", async () => {
    const database = await filled();
    for (const [size, sizes] of [
      [4, [4, 2]],
      [3, [3, 3]],
      [6, [6]],
    ] as const) {
      const pages: number[][] = [];
      for await (const page of eventPages(database, NO_FILTERS, size)) pages.push(page.map(({ sequence }) => sequence));
      expect(pages.map((page) => page.length)).toEqual(sizes);
      expect(pages.flat()).toEqual([6, 5, 4, 3, 2, 1]);
    }
  });

  it("gives no page where nothing passes", async () => {
    const pages = eventPages(await filled(), { ...NO_FILTERS, camera: "gone" });
    expect(await pages.next()).toEqual({ done: true, value: undefined });
  });
});

describe("detectionsPerHour", () => {
  it("counts names and strangers apart, in the last 24 hours alone", async () => {
    const database = await filled();
    await recordDetection(database, body("Ana 100%", { timestamp: "2026-11-21T14:59:59.999Z" }), null, NOW);
    await recordDetection(database, body("Ana 100%", { timestamp: "2026-11-21T15:00:00Z" }), null, NOW);
    await recordDetection(database, body("Ana 100%", { timestamp: "2026-11-22T15:00:00Z" }), null, NOW);
    const hours = await detectionsPerHour(database, new Date("2026-11-22T14:10:00Z"));
    expect(hours).toHaveLength(24);
    const counted = hours.filter(({ known, unknown }) => known + unknown > 0);
    expect(counted.map(({ hour, known, unknown }) => [new Date(hour).toISOString().slice(0, 13), known, unknown])).toEqual([
      ["2026-11-21T15", 1, 0],
      ["2026-11-22T09", 1, 0],
      ["2026-11-22T10", 1, 0],
      ["2026-11-22T11", 1, 0],
      ["2026-11-22T12", 0, 1],
      ["2026-11-22T13", 0, 1],
      ["2026-11-22T14", 1, 0],
    ]);
  });

  it("is a day of zeros where nobody was seen", async () => {
    const hours = await detectionsPerHour(await temporaryDatabase(), NOW);
    expect(hours.every(({ known, unknown }) => known + unknown === 0)).toBe(true);
    expect(await newestSequence(await temporaryDatabase())).toBe(0);
  });
});

describe("what can be filtered by", () => {
  it("is every camera and every client, by name", async () => {
    const database = await filled();
    expect(await listCameras(database)).toEqual([
      { id: "webcam", name: "Cámara web" },
      { id: "door", name: "Puerta" },
    ]);
    expect(await listClientNames(database)).toEqual(["Ana 100%", "Ángela Núñez"]);
  });
});
