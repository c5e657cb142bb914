import { describe, expect, it } from "vitest";

import type { Database } from "./database";
import { listEvents, recordDetection, storeCorrection } from "./detections";
import {
  clientNamed,
  clientOfRelayPerson,
  faceIdOf,
  forgetClient,
  listClients,
  listProfiles,
  removeProfile,
  storeDetails,
  storeEnrolment,
} from "./people";
import { facialProfiles } from "./schema";
import { detectionBody, temporaryDatabase } from "./testing";

const DETAILS = { name: "Ana Pérez", email: "ana@example.org", dni: null, unit: "4.º B", kind: null };

function samples(count: number, model = "sface-2021dec") {
  return Array.from({ length: count }, (_, sample) => ({ model, embedding: Array<number>(128).fill(sample), quality: null }));
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

describe("samples one by one", () => {
  const faceIds = [7, 8, 9].map((encoding) => faceIdOf("019a-p1", encoding));

  it("keep how good they are, and which of the relay's they are", async () => {
    const database = await temporaryDatabase();
    const [first, ...rest] = samples(3);
    await storeEnrolment(database, "c1", DETAILS, first ? [{ ...first, quality: 0.83 }, ...rest] : [], faceIds);
    const profiles = await listProfiles(database, "c1");
    expect(new Map(profiles.map(({ providerFaceId, quality }) => [providerFaceId, quality]))).toEqual(
      new Map([
        ["019a-p1/7", 0.83],
        ["019a-p1/8", null],
        ["019a-p1/9", null],
      ]),
    );
    expect(await listProfiles(database, "c2")).toEqual([]);
    expect(await clientOfRelayPerson(database, "019a-p1")).toBe("c1");
    for (const other of ["019a-p", "019a-p2", "%", "_"]) expect(await clientOfRelayPerson(database, other)).toBeNull();
  });

  it("go one by one; with the last of a model those that say nothing of which they are", async () => {
    const database = await temporaryDatabase();
    await storeEnrolment(database, "c1", DETAILS, samples(3), faceIds);
    await storeEnrolment(database, "c1", DETAILS, samples(2));
    await storeEnrolment(database, "c1", DETAILS, samples(1, "dlib-resnet-v1"));
    await storeEnrolment(database, "c2", { ...DETAILS, name: "Luis" }, samples(1));
    const removal = { faceId: faceIdOf("019a-p1", 8), model: "sface-2021dec", isLastOfModel: false };
    await removeProfile(database, "c1", removal);
    expect(await listClients(database)).toMatchObject([
      { id: "c1", samples: { "sface-2021dec": 4, "dlib-resnet-v1": 1 } },
      { id: "c2", samples: { "sface-2021dec": 1 } },
    ]);
    await removeProfile(database, "c1", { ...removal, isLastOfModel: true });
    expect(await listClients(database)).toMatchObject([
      { id: "c1", samples: { "dlib-resnet-v1": 1 } },
      { id: "c2", samples: { "sface-2021dec": 1 } },
    ]);
  });
});

describe("storeDetails", () => {
  it("stores a client without samples, and what is said of one later", async () => {
    const database = await temporaryDatabase();
    await storeDetails(database, "c1", DETAILS);
    await storeDetails(database, "c1", { ...DETAILS, email: null, dni: "1Z" });
    expect(await listClients(database)).toMatchObject([
      { id: "c1", name: "Ana Pérez", email: "ana@example.org", dni: "1Z", dniKey: "1z", samples: {} },
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
