import { describe, expect, it } from "vitest";

import type { Database } from "./database";
import { listEvents, recordDetection, storeCorrection } from "./detections";
import { clientNamed, forgetClient, listClients, storeEnrolment } from "./people";
import { facialProfiles } from "./schema";
import { detectionBody, temporaryDatabase } from "./testing";

const DETAILS = { name: "Ana Pérez", email: "ana@example.org", dni: null, unit: "4.º B", kind: null };

function samples(count: number, model = "sface-2021dec") {
  return Array.from({ length: count }, (_, sample) => ({ model, embedding: Array<number>(128).fill(sample) }));
}

async function see(database: Database, name: string) {
  const recorded = await recordDetection(database, detectionBody(name), null, new Date());
  if (!recorded.ok) throw new Error(recorded.reason);
  return recorded.detection;
}

describe("storeEnrolment", () => {
  it("stores a client with a profile for each sample", async () => {
    const database = await temporaryDatabase();
    await storeEnrolment(database, "c1", DETAILS, samples(3));
    expect(await listClients(database)).toMatchObject([
      { id: "c1", name: "Ana Pérez", email: "ana@example.org", unit: "4.º B", samples: { "sface-2021dec": 3 } },
    ]);
    const [profile] = await database.select().from(facialProfiles);
    expect(profile).toMatchObject({ clientId: "c1", provider: "rostro", version: "sface-2021dec", isActive: true });
    expect(profile?.embedding.vector).toHaveLength(128);
  });

  it("adds samples and new details to a client who exists, and keeps the rest", async () => {
    const database = await temporaryDatabase();
    await storeEnrolment(database, "c1", DETAILS, samples(3));
    const known = await clientNamed(database, "ANA PÉREZ");
    expect(known?.id).toBe("c1");
    await storeEnrolment(database, "c1", { ...DETAILS, email: null, dni: "1Z" }, samples(2, "dlib-resnet-v1"));
    expect(await listClients(database)).toMatchObject([
      { email: "ana@example.org", dni: "1Z", samples: { "sface-2021dec": 3, "dlib-resnet-v1": 2 } },
    ]);
  });
});

describe("forgetClient", () => {
  it("deletes client and samples, and takes the name out of past events", async () => {
    const database = await temporaryDatabase();
    await see(database, "Ana Pérez");
    await storeEnrolment(database, "c1", DETAILS, samples(3));
    await see(database, "ana@example.org");
    await see(database, "Luis");
    await forgetClient(database, { clientId: "c1", name: "Ana Pérez" });
    expect(await listClients(database)).toEqual([]);
    expect(await database.$count(facialProfiles)).toBe(0);
    expect((await listEvents(database, {})).map((line) => line.name)).toEqual(["Luis", null, null]);
  });

  it("takes the name of somebody who was only in the relay out of past events", async () => {
    const database = await temporaryDatabase();
    await see(database, "Luis");
    await forgetClient(database, { clientId: null, name: "Luis" });
    expect(await listEvents(database, {})).toMatchObject([{ name: null, status: "NEW_FACE" }]);
  });

  it("takes the name out of what was said against other events, letter case aside", async () => {
    const database = await temporaryDatabase();
    const [ana, eva] = [await see(database, "Ana"), await see(database, "Eva")];
    await storeCorrection(database, ana, { relayEventId: 1, name: "LUIS", nameKey: "luis" });
    await storeCorrection(database, eva, { relayEventId: 2, name: "Ana", nameKey: "ana" });
    await forgetClient(database, { clientId: null, name: "Luis" });
    expect(await listEvents(database, {})).toMatchObject([
      { name: "Eva", correction: { name: "Ana" } },
      { name: "Ana", correction: { name: null } },
    ]);
    await forgetClient(database, { clientId: null, name: "Ana" });
    expect(await listEvents(database, {})).toMatchObject([
      { name: "Eva", correction: { name: null } },
      { name: null, correction: null },
    ]);
  });
});
