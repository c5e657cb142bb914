import { expect, it } from "vitest";

import { addCamera, cameraOf, camerasWithSightings, changeCamera, hasEvents, removeCamera } from "./cameras";
import { recordDetection } from "./detections";
import { detectionBody, temporaryDatabase } from "./testing";

const NOW = new Date("2026-11-22T12:00:00Z");
const DAY_BEFORE = new Date("2026-11-21T12:00:00Z");
const DOOR = { id: "door", name: "Puerta", location: null };

it("lists cameras by name with their faces since then and their last event", async () => {
  const database = await temporaryDatabase();
  await addCamera(database, { ...DOOR, location: "Hall", streamUrl: "rtsp://door/1" });
  await addCamera(database, { ...DOOR, id: "attic", name: "Ático" });
  for (const [name, timestamp, camera_id] of [
    ["Ana", "2026-11-21T11:59:59.999Z", "webcam"],
    ["Ana", "2026-11-21T12:00:00Z", "webcam"],
    ["Desconocido", "2026-11-22T09:00:00Z", "webcam"],
    ["Desconocido", "2026-11-20T09:00:00Z", "door"],
  ] as const) {
    await recordDetection(database, detectionBody(name, { timestamp, camera_id }), null, NOW);
  }
  const lines = await camerasWithSightings(database, DAY_BEFORE);
  expect(lines.map(({ id, faces, unknown, lastEventAt }) => ({ id, faces, unknown, lastEventAt }))).toEqual(
    expect.arrayContaining([
      { id: "webcam", faces: 2, unknown: 1, lastEventAt: new Date("2026-11-22T09:00:00Z") },
      { id: "door", faces: 0, unknown: 0, lastEventAt: new Date("2026-11-20T09:00:00Z") },
      { id: "attic", faces: 0, unknown: 0, lastEventAt: null },
    ]),
  );
  expect(lines).toHaveLength(3);
  expect(lines.find(({ id }) => id === "door")).toMatchObject({ name: "Puerta", location: "Hall", isActive: true });
});

it("keeps ids and addresses apart", async () => {
  const database = await temporaryDatabase();
  expect(await addCamera(database, { ...DOOR, streamUrl: "rtsp://door/1" })).toBeNull();
  expect(await addCamera(database, DOOR)).toBe("id-taken");
  expect(await addCamera(database, { ...DOOR, id: "hall", streamUrl: "rtsp://door/1" })).toBe("stream-taken");
  expect(await addCamera(database, { ...DOOR, id: "hall" })).toBeNull();
  expect(await addCamera(database, { ...DOOR, id: "attic", streamUrl: null })).toBeNull();
  expect(await changeCamera(database, "hall", { ...DOOR, streamUrl: "rtsp://door/1" })).toBe("stream-taken");
  expect(await changeCamera(database, "door", { ...DOOR, streamUrl: "rtsp://door/1" })).toBeNull();
  expect(await changeCamera(database, "cellar", { isActive: false })).toBe("gone");
});

it("changes what was given and nothing else", async () => {
  const database = await temporaryDatabase();
  await addCamera(database, { ...DOOR, streamUrl: "rtsp://me:hush@door/1" });
  expect(await changeCamera(database, "door", { name: "Portal", location: "Calle" })).toBeNull();
  expect(await changeCamera(database, "door", { isActive: false })).toBeNull();
  expect(await cameraOf(database, "door")).toMatchObject({
    name: "Portal",
    location: "Calle",
    streamUrl: "rtsp://me:hush@door/1",
    isActive: false,
  });
  expect(await changeCamera(database, "door", { name: "Portal", location: null, streamUrl: null })).toBeNull();
  expect(await cameraOf(database, "door")).toMatchObject({ location: null, streamUrl: null, isActive: false });
});

it("stores what arrives of a camera that is off, by its id and by its address", async () => {
  const database = await temporaryDatabase();
  await addCamera(database, { ...DOOR, streamUrl: "rtsp://door/1" });
  await changeCamera(database, "door", { isActive: false });
  for (const named of [
    { camera_id: "door" },
    { camera_id: null, camera_stream_url: "rtsp://door/1" },
    { camera_id: null, camera_stream_url: "rtsp://me:hush@door/1?pwd=hush" },
  ]) {
    const recorded = await recordDetection(database, detectionBody("Ana", named), null, NOW);
    expect(recorded).toMatchObject({ ok: true, detection: { cameraId: "door" } });
  }
});

it("takes a camera away only while no event hangs on it", async () => {
  const database = await temporaryDatabase();
  await addCamera(database, DOOR);
  await addCamera(database, { ...DOOR, id: "hall" });
  await recordDetection(database, detectionBody("Ana", { camera_id: "door" }), null, NOW);
  expect([await hasEvents(database, "door"), await hasEvents(database, "hall")]).toEqual([true, false]);
  expect(await removeCamera(database, "door")).toBe("has-events");
  expect(await removeCamera(database, "hall")).toBeNull();
  expect(await removeCamera(database, "hall")).toBe("gone");
  expect((await camerasWithSightings(database, DAY_BEFORE)).map(({ id }) => id).toSorted()).toEqual(["door", "webcam"]);
});
