import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { detectionById, listEvents, recordDetection, storeCorrection } from "@/db/detections";
import { forgetClient } from "@/db/people";
import { detectionBody, temporaryDatabase } from "@/db/testing";

import { faceOf } from "./face-key";
import { SNAPSHOT_WAITS_MS } from "./limits";
import type { SnapshotPolicy } from "./policy";
import { keepSnapshot, pictureOf, removePicture, removePicturesOf, settleCapture, sweep, type Shelf } from "./shelf";

const NOW = new Date("2026-11-22T12:00:00Z");
const DAY_MS = 86_400_000;
const EVERYBODY: SnapshotPolicy = { of: "everybody", days: 7 };
const STRANGERS: SnapshotPolicy = { of: "unknown", days: 7 };
const BOX = { top: 1, right: 4, bottom: 3, left: 2 };
const PICTURE = Uint8Array.of(1, 2, 3);

async function emptyShelf(): Promise<Shelf> {
  const folder = mkdtempSync(path.join(tmpdir(), "rostro-snapshots-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { db: await temporaryDatabase(), folder: path.join(folder, "snapshots") };
}

/** The webhook tells of a face of that capture. */
async function told(shelf: Shelf, captureId: string, name: string, policy = EVERYBODY, box = BOX): Promise<string> {
  const body = detectionBody(name, { capture_id: captureId, result: { name, box } });
  const recorded = await recordDetection(shelf.db, body, null, NOW);
  if (!recorded.ok) throw new Error(recorded.reason);
  await settleCapture(shelf, captureId, policy);
  return recorded.detection.id;
}

/** A page sends the picture of a face of that capture. */
function sent(shelf: Shelf, captureId: string, policy = EVERYBODY, at = NOW, box = BOX): Promise<void> {
  return keepSnapshot(shelf, { captureId, face: faceOf(box) }, PICTURE, policy, at);
}

function files({ folder }: Shelf): string[] {
  return readdirSync(folder);
}

describe("a picture and its event", () => {
  it.each(["the picture", "the event"])("find each other when %s comes first", async (first) => {
    const shelf = await emptyShelf();
    if (first === "the picture") await sent(shelf, "c1");
    const id = await told(shelf, "c1", "Ana");
    if (first === "the event") await sent(shelf, "c1");
    const address = `/api/events/${id}/snapshot`;
    expect(await detectionById(shelf.db, id)).toMatchObject({ snapshotUrl: address, captureId: "c1" });
    expect(await listEvents(shelf.db, {})).toMatchObject([{ name: "Ana", snapshot: address }]);
    expect(await pictureOf(shelf, id)).toEqual(PICTURE);
  });

  it("are told apart from other faces and other captures", async () => {
    const shelf = await emptyShelf();
    const beside = { ...BOX, left: 20, right: 40 };
    await sent(shelf, "c1", EVERYBODY, NOW, beside);
    const [ana, luis, eva] = [
      await told(shelf, "c1", "Ana"),
      await told(shelf, "c1", "Luis", EVERYBODY, beside),
      await told(shelf, "c2", "Eva", EVERYBODY, beside),
    ];
    const pictures = await Promise.all([ana, luis, eva].map((id) => pictureOf(shelf, id)));
    expect(pictures).toEqual([null, PICTURE, null]);
  });

  it("are one, however often either comes", async () => {
    const shelf = await emptyShelf();
    const id = await told(shelf, "c1", "Ana");
    await Promise.all([sent(shelf, "c1"), sent(shelf, "c1"), sent(shelf, "c1")]);
    await told(shelf, "c1", "Ana");
    expect(files(shelf)).toHaveLength(1);
    expect((await listEvents(shelf.db, {})).map(({ snapshot }) => snapshot)).toEqual([null, `/api/events/${id}/snapshot`]);
  });

  it("can be read by the app's own user alone", async () => {
    const shelf = await emptyShelf();
    await sent(shelf, "c1");
    const [file = ""] = files(shelf);
    expect(statSync(shelf.folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(shelf.folder, file)).mode & 0o777).toBe(0o600);
  });
});

describe("where strangers alone are kept", () => {
  it.each(["before", "after"])("a picture of somebody who is named goes, when it comes %s its event", async (when) => {
    const shelf = await emptyShelf();
    if (when === "before") await sent(shelf, "c1", STRANGERS);
    const id = await told(shelf, "c1", "Ana", STRANGERS);
    if (when === "after") await sent(shelf, "c1", STRANGERS);
    expect(await pictureOf(shelf, id)).toBeNull();
    expect(files(shelf)).toEqual([]);
  });

  it("one of a stranger stays, but not where the other channel knew them", async () => {
    const shelf = await emptyShelf();
    await sent(shelf, "c1", STRANGERS);
    const id = await told(shelf, "c1", "Desconocido", STRANGERS);
    expect(await pictureOf(shelf, id)).toEqual(PICTURE);
    await told(shelf, "c1", "Ana", STRANGERS);
    expect(await pictureOf(shelf, id)).toBeNull();
    expect(await detectionById(shelf.db, id)).toMatchObject({ snapshotUrl: null });
    expect(files(shelf)).toEqual([]);
  });
});

describe("a picture is removed", () => {
  it("by hand, with its file and its address", async () => {
    const shelf = await emptyShelf();
    await sent(shelf, "c1");
    const id = await told(shelf, "c1", "Ana");
    expect(await removePicture(shelf, id)).toBe(true);
    expect(await removePicture(shelf, id)).toBe(false);
    expect(files(shelf)).toEqual([]);
    expect(await listEvents(shelf.db, {})).toMatchObject([{ name: "Ana", snapshot: null }]);
  });

  it("with whom it shows: by their name, by what was said of it, and what shows nobody knows whom", async () => {
    const shelf = await emptyShelf();
    const events: Record<string, string> = {};
    for (const name of ["Ana", "Luis", "Desconocido"]) {
      await sent(shelf, name);
      events[name] = await told(shelf, name, name);
    }
    await sent(shelf, "waiting");
    const luis = await detectionById(shelf.db, events["Luis"] ?? "");
    if (luis) await storeCorrection(shelf.db, luis, { relayEventId: 1, name: "ANA", nameKey: "ana" });
    await removePicturesOf(shelf, { clientId: null, name: "Ana" });
    const left = await Promise.all(Object.values(events).map((id) => pictureOf(shelf, id)));
    expect(left).toEqual([null, null, PICTURE]);
    expect(files(shelf)).toHaveLength(1);
  });

  it("when it comes after they were forgotten", async () => {
    const shelf = await emptyShelf();
    const id = await told(shelf, "c1", "Ana");
    await forgetClient(shelf.db, { clientId: null, name: "Ana" });
    await sent(shelf, "c1");
    expect(await pictureOf(shelf, id)).toBeNull();
    expect(files(shelf)).toEqual([]);
  });
});

describe("a sweep", () => {
  const before = (ms: number) => new Date(NOW.getTime() - ms);

  it("deletes what has been kept for so many days, and what no event came for", async () => {
    const shelf = await emptyShelf();
    await sent(shelf, "old", EVERYBODY, before(7 * DAY_MS + 1));
    await sent(shelf, "young", EVERYBODY, before(7 * DAY_MS - 1));
    await sent(shelf, "lonely", EVERYBODY, before(SNAPSHOT_WAITS_MS + 1));
    await sent(shelf, "waiting", EVERYBODY, before(SNAPSHOT_WAITS_MS - 1));
    const [old, young] = [await told(shelf, "old", "Ana"), await told(shelf, "young", "Ana")];
    await sweep(shelf, EVERYBODY, NOW);
    expect([await pictureOf(shelf, old), await pictureOf(shelf, young)]).toEqual([null, PICTURE]);
    expect(files(shelf)).toHaveLength(2);
    await sweep(shelf, { of: "everybody", days: 1 }, NOW);
    expect(files(shelf)).toHaveLength(1);
  });

  it("deletes what another policy does not keep", async () => {
    const shelf = await emptyShelf();
    const events: string[] = [];
    for (const name of ["Ana", "Desconocido"]) {
      await sent(shelf, name);
      events.push(await told(shelf, name, name));
    }
    await sweep(shelf, STRANGERS, NOW);
    expect(await Promise.all(events.map((id) => pictureOf(shelf, id)))).toEqual([null, PICTURE]);
    await sweep(shelf, { of: "off", days: 7 }, NOW);
    expect(files(shelf)).toEqual([]);
    expect((await listEvents(shelf.db, {})).map(({ snapshot }) => snapshot)).toEqual([null, null]);
  });

  it("deletes files that nothing knows of, but none that is just being written", async () => {
    const shelf = await emptyShelf();
    await sent(shelf, "c1");
    await told(shelf, "c1", "Ana");
    const [file = ""] = files(shelf);
    for (const name of ["left.jpg", "fresh.jpg"]) writeFileSync(path.join(shelf.folder, name), PICTURE);
    utimesSync(path.join(shelf.folder, "left.jpg"), before(DAY_MS), before(DAY_MS));
    utimesSync(path.join(shelf.folder, file), before(DAY_MS), before(DAY_MS));
    utimesSync(path.join(shelf.folder, "fresh.jpg"), NOW, NOW);
    await sweep(shelf, EVERYBODY, NOW);
    expect(files(shelf).toSorted()).toEqual([file, "fresh.jpg"].toSorted());
  });

  it("of a shelf that never held anything is nothing", async () => {
    await sweep(await emptyShelf(), EVERYBODY, NOW);
  });
});
