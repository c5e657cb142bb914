import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";

import type { DetectionBody } from "@/lib/detection-body";
import { identityKey } from "@/lib/identity";

import type { Database } from "./database";
import { detectionById, lineOf, listEvents, recordDetection, statusOf, storeCorrection } from "./detections";
import { cameras, clients, detectionEvents } from "./schema";
import { detectionBody as body, temporaryDatabase } from "./testing";

const NOW = new Date("2026-11-22T12:00:00Z");

async function addClient(database: Database, client: { id: string; name: string; email?: string; dni?: string }) {
  const { name, email, dni } = client;
  await database.insert(clients).values({
    ...client,
    nameKey: identityKey(name),
    ...(email !== undefined && { emailKey: identityKey(email) }),
    ...(dni !== undefined && { dniKey: identityKey(dni) }),
  });
}

async function recorded(database: Database, ...args: [DetectionBody, (string | null)?]) {
  const answer = await recordDetection(database, args[0], args[1] ?? null, NOW);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.detection;
}

describe("recordDetection", () => {
  it("shows events in the order of their numbers, however many arrive at once", async () => {
    const database = await temporaryDatabase();
    const names = Array.from({ length: 60 }, (_, index) => `Persona ${index}`);
    const arriving = Promise.all(names.map((name) => recorded(database, body(name))));
    const seen: string[] = [];
    let after = 0;
    while (seen.length < names.length) {
      for (const line of (await listEvents(database, { after })).toReversed()) {
        expect(line.sequence).toBeGreaterThan(after);
        after = line.sequence;
        seen.push(line.name ?? "");
      }
    }
    await arriving;
    expect(seen.toSorted()).toEqual(names.toSorted());
  });

  it("finds the client by name, e-mail address or document, letter case aside", async () => {
    const database = await temporaryDatabase();
    await addClient(database, { id: "c1", name: "Ángela  Núñez", email: "angela@example.org", dni: "12345678Z" });
    for (const label of ["ángela núñez", "ÁNGELA NÚÑEZ", "Angela@Example.org", "12345678z"]) {
      expect(await recorded(database, body(label)), label).toMatchObject({ status: "MATCHED", clientId: "c1" });
    }
    expect(await recorded(database, body("Angela Nunez"))).toMatchObject({ status: "NEW_FACE", clientId: null });
  });

  it("finds the client by their id first, then by e-mail address or document, then by name, and never by a part of it", async () => {
    const database = await temporaryDatabase();
    // Somebody whose name is another's address or document, as only a mistake or a prank makes it.
    await addClient(database, { id: "named", name: "ana@example.org" });
    await addClient(database, { id: "addressed", name: "Ana", email: "ana@example.org", dni: "1Z" });
    await addClient(database, { id: "numbered", name: "1z" });
    const found: [object, string | null][] = [
      [{ result: { name: "Ana@example.org" } }, "addressed"],
      [{ result: { name: "1Z" } }, "addressed"],
      [{ result: { name: "Ana" } }, "addressed"],
      [{ result: { name: "Ana" }, client_id: "named" }, "named"],
      [{ result: { name: "Ana", client_id: "numbered" } }, "numbered"],
      [{ result: { name: "Ana" }, client_id: "of another system" }, "addressed"],
      [{ result: { name: "An" } }, null],
      [{ result: { name: "example.org" } }, null],
      [{ result: { name: "Ana Luisa" } }, null],
    ];
    for (const [over, clientId] of found) {
      expect(await recorded(database, body("", over)), JSON.stringify(over)).toMatchObject({ clientId });
    }
    const stranger = body("Desconocido", { client_id: "named" });
    expect(await recorded(database, stranger)).toMatchObject({ status: "UNKNOWN", clientId: null });
  });

  it("names nobody where two clients share the name", async () => {
    const database = await temporaryDatabase();
    await addClient(database, { id: "c1", name: "Ana" });
    await addClient(database, { id: "c2", name: "ana" });
    expect(await recorded(database, body("Ana"))).toMatchObject({ status: "MULTIPLE_MATCHES", clientId: null });
  });

  it("takes the relay's label for an unknown face, whoever is on file", async () => {
    const database = await temporaryDatabase();
    await addClient(database, { id: "c1", name: "Desconocido" });
    const detection = await recorded(database, body("Desconocido", { timestamp: undefined }));
    expect(detection).toMatchObject({ status: "UNKNOWN", clientId: null, metadata: { name: null } });
  });

  it("stores when, where, how sure, and nothing that it was not sent", async () => {
    const database = await temporaryDatabase();
    const detection = await recorded(database, body("Ana"));
    expect(detection).toMatchObject({
      cameraId: "webcam",
      confidence: 0.59,
      occurredAt: new Date("2026-11-22T09:00:00Z"),
      snapshotUrl: null,
      captureId: null,
      metadata: { name: "Ana", distance: 0.413, box: { top: 1, right: 4, bottom: 3, left: 2 } },
    });
    const undated = await recorded(database, body("Ana", { timestamp: "soon", result: { name: "Ana" } }));
    expect(undated).toMatchObject({ occurredAt: NOW, confidence: null, metadata: { distance: null, box: null } });
  });

  it("finds the camera by id, else by the address of its stream, and stores nothing without one", async () => {
    const database = await temporaryDatabase();
    await database.insert(cameras).values({ id: "door", name: "Puerta", streamUrl: "rtsp://cam/1" });
    const wanted = [
      [{ camera_id: "door" }, "door"],
      [{ camera_id: null, camera_stream_url: "rtsp://cam/1" }, "door"],
      [{ camera_id: "gone", camera_stream_url: "rtsp://cam/1" }, "door"],
    ] as const;
    for (const [over, cameraId] of wanted) {
      expect(await recorded(database, body("Ana", over))).toMatchObject({ cameraId });
    }
    for (const over of [{ camera_id: null }, { camera_id: "gone", camera_stream_url: "rtsp://cam/2" }]) {
      const answer = await recordDetection(database, body("Ana", over), null, NOW);
      expect(answer).toEqual({ ok: false, reason: "no-camera" });
    }
    expect(await database.$count(detectionEvents)).toBe(wanted.length);
  });

  it("stores a delivery once, however often and however closely it comes", async () => {
    const database = await temporaryDatabase();
    const first = await recorded(database, body("Ana"), "delivery-1");
    const [again, ...atOnce] = await Promise.all([
      recorded(database, body("Ana"), "delivery-1"),
      recorded(database, body("Ana"), "delivery-2"),
      recorded(database, body("Ana"), "delivery-2"),
    ]);
    expect(again.id).toBe(first.id);
    expect(new Set(atOnce.map((detection) => detection.id)).size).toBe(1);
    expect(await database.$count(detectionEvents)).toBe(2);
  });
});

describe("statusOf", () => {
  it.each([
    [false, 0, "UNKNOWN"],
    [true, 0, "NEW_FACE"],
    [true, 1, "MATCHED"],
    [true, 2, "MULTIPLE_MATCHES"],
  ] as const)("known %s, %i clients: %s", (known, matching, expected) => {
    expect(statusOf(known, matching)).toBe(expected);
  });
});

describe("listEvents", () => {
  it("gives the newest first, and pages in both directions", async () => {
    const database = await temporaryDatabase();
    await addClient(database, { id: "c1", name: "Ana María" });
    for (const name of ["Desconocido", "ana maría", "Luis"]) await recorded(database, body(name));
    const all = await listEvents(database, {});
    expect(all.map((line) => [line.name, line.status, line.cameraName])).toEqual([
      ["Luis", "NEW_FACE", "Cámara web"],
      ["Ana María", "MATCHED", "Cámara web"],
      [null, "UNKNOWN", "Cámara web"],
    ]);
    const [luis, ana, unknown] = all;
    if (!luis || !ana || !unknown) throw new Error("three events were stored");
    expect(await listEvents(database, { after: unknown.sequence, limit: 1 })).toEqual([ana]);
    expect(await listEvents(database, { after: unknown.sequence })).toEqual([luis, ana]);
    expect(await listEvents(database, { before: ana.sequence })).toEqual([unknown]);
    expect(await listEvents(database, { after: luis.sequence })).toEqual([]);
  });

  it("keeps a client's events when the client's row is gone", async () => {
    const database = await temporaryDatabase();
    await addClient(database, { id: "c1", name: "Ana" });
    await recorded(database, body("Ana"));
    await database.delete(clients).where(eq(clients.id, "c1"));
    expect(await listEvents(database, {})).toMatchObject([{ name: "Ana", status: "MATCHED" }]);
  });
});

describe("storeCorrection", () => {
  it("marks the event and keeps what it holds; null takes the mark away", async () => {
    const database = await temporaryDatabase();
    const detection = await recorded(database, body("Ana"));
    const correction = { relayEventId: 7, name: "Luis", nameKey: "luis" };
    await storeCorrection(database, detection, correction);
    expect(await lineOf(database, detection.id)).toMatchObject({ name: "Ana", correction: { name: "Luis" } });
    const corrected = await detectionById(database, detection.id);
    expect(corrected?.metadata).toEqual({ ...detection.metadata, correction });
    if (corrected) await storeCorrection(database, corrected, null);
    expect((await detectionById(database, detection.id))?.metadata).toEqual(detection.metadata);
    expect(await lineOf(database, detection.id)).toMatchObject({ correction: null });
  });
});
