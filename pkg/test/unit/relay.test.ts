import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RelayClient, type RelayOptions } from "../../src/relay/client.js";
import type { ChannelEntry } from "../../src/relay/log.js";
import { RelayServer } from "./relayServer.js";

const face = {
  box: { top: 1.4, right: 30.6, bottom: 40.5, left: -0.6 },
  score: 0.9,
  model: "sface-2021dec",
  embedding: new Float32Array(128).fill(0.25),
};

/** The camera of the legacy routes, while it has neither name nor address. */
const DRIVEN = { id: "default", camera_id: null, stream_url: null };

let server: RelayServer;
const clients: RelayClient[] = [];

function client(options: Partial<RelayOptions> = {}): RelayClient {
  const made = new RelayClient({ url: server.url, ackTimeoutMs: 200, requestTimeoutMs: 1000, ...options });
  clients.push(made);
  return made;
}

async function connected(options: Partial<RelayOptions> = {}): Promise<RelayClient> {
  const made = client(options);
  await vi.waitFor(() => expect(made.state.socket).toBe("up"), { timeout: 10_000 });
  return made;
}

beforeEach(async () => {
  server = await new RelayServer().start();
});

afterEach(async () => {
  for (const made of clients.splice(0)) made.close();
  await server.stop();
});

describe("a report", () => {
  it("goes by the socket where it is connected", async () => {
    const relay = await connected({ cameraId: "front" });
    const receipt = await relay.report([face], { capturedAt: new Date("2026-11-22T10:00:00Z") });
    expect(receipt.channels).toEqual(["socket"]);
    const [arrived] = server.arrived;
    expect(arrived?.report.captured_at).toBe("2026-11-22T10:00:00.000Z");
    expect(arrived?.report.camera_id).toBe("front");
    expect(arrived?.report.capture_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(arrived?.report.faces).toEqual([
      { ...face, box: { top: 1, right: 31, bottom: 41, left: -1 }, embedding: Array(128).fill(0.25) },
    ]);
  });

  it("carries what other models make of the face", async () => {
    const relay = await connected();
    const other = { model: "dlib-resnet-v1", embedding: new Float32Array(128).fill(0.5) };
    await relay.report([{ ...face, otherEmbeddings: [other] }]);
    const others = server.arrived[0]?.report.faces[0]?.others;
    expect(others).toEqual([{ model: other.model, embedding: Array(128).fill(0.5) }]);
  });

  it("carries the picture where it is given, byte for byte", async () => {
    const relay = await connected();
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => (index * 31) % 256);
    await relay.report([face], { picture: new Blob([bytes], { type: "image/jpeg" }) });
    await relay.report([face]);
    const [withPicture, without] = server.arrived.map(({ report }) => report.picture);
    expect(withPicture).toBe(`data:image/jpeg;base64,${Buffer.from(bytes).toString("base64")}`);
    expect(without).toBeUndefined();
  });

  it("carries a local match as a claim", async () => {
    const relay = await connected();
    await relay.report([
      { ...face, match: { name: "Ana", distance: 0.5 } },
      { ...face, match: { name: null, distance: null } },
    ]);
    const claims = server.arrived[0]?.report.faces.map((one) => one.claim);
    expect(claims).toEqual([{ name: "Ana", distance: 0.5 }, { name: null }]);
  });

  it("goes by REST where there is no socket", async () => {
    await server.stop();
    server = await new RelayServer().start({ socket: false });
    const relay = client();
    const receipt = await relay.report([face]);
    expect(receipt.channels).toEqual(["rest"]);
    expect(relay.state.rest).toBe("up");
  });

  it("goes by REST when the socket does not acknowledge, under the same id", async () => {
    server.socket = "silent";
    const relay = await connected();
    const receipt = await relay.report([face]);
    expect(server.arrived.map((one) => one.channel)).toEqual(["socket", "rest"]);
    expect(new Set(server.arrived.map((one) => one.report.capture_id)).size).toBe(1);
    expect(receipt.duplicate).toBe(true);
  });

  it("goes by both when hybrid, with one id, and the receipt says so", async () => {
    const relay = await connected({ hybrid: true });
    const receipt = await relay.report([face]);
    expect(receipt).toMatchObject({ hybrid: true, channels: ["rest", "socket"] });
    expect(new Set(server.arrived.map((one) => one.report.capture_id)).size).toBe(1);
  });

  it("is content with one channel when hybrid and the other fails", async () => {
    server.socket = "silent";
    const relay = await connected({ hybrid: true });
    expect((await relay.report([face])).channels).toContain("rest");
  });

  it("is told of in the log, of both channels and of no person", async () => {
    server.socket = "silent";
    const relay = client({ hybrid: true });
    const entries: ChannelEntry[] = [];
    relay.onLog((entry) => entries.push(entry));
    await vi.waitFor(() => expect(relay.state.socket).toBe("up"));
    const { capture_id: captureId } = await relay.report([{ ...face, match: { name: "Ana", distance: 0.5 } }]);
    const lines = entries.map(({ at: _at, ...entry }) => ("ms" in entry ? { ...entry, ms: entry.ms >= 0 } : entry));
    expect(lines).toContainEqual({ channel: "socket", event: "up" });
    expect(lines).toContainEqual({ channel: "rest", event: "up" });
    expect(lines).toContainEqual({ channel: "rest", event: "acknowledged", captureId, ms: true });
    expect(lines).toContainEqual({ channel: "socket", event: "failed", captureId, ms: true, code: "relay-unreachable" });
    expect(JSON.stringify(entries)).not.toContain("Ana");
  });

  it("is refused at once for what trying again cannot help", async () => {
    server.socket = { code: "invalid-embedding", message: "an embedding has 128 numbers, got 3", field: "faces" };
    const relay = await connected();
    await expect(relay.report([face])).rejects.toMatchObject({ code: "invalid-embedding", field: "faces" });
    expect(server.arrived).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  it("is sent again while the relay is busy, under the same id", async () => {
    server.socket = { code: "busy", message: "all places are taken" };
    server.rest = { code: "busy", message: "all places are taken" };
    const relay = await connected();
    const counts: number[] = [];
    relay.onState((state) => counts.push(state.waiting));
    const waiting = relay.report([face]);
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(0), { timeout: 10_000 });
    expect(relay.pendingReports).toBe(1);
    await vi.waitFor(() => expect(relay.state.waiting).toBe(1), { timeout: 10_000 });
    server.socket = "store";
    server.rest = "store";
    await waiting;
    expect(relay.pendingReports).toBe(0);
    await vi.waitFor(() => expect(counts.slice(-2)).toEqual([1, 0]));
    expect(server.arrived).toHaveLength(1);
  });

  it("is given up after so many tries", async () => {
    server.socket = { code: "busy", message: "all places are taken" };
    server.rest = { code: "busy", message: "all places are taken" };
    const relay = await connected({ reportAttempts: 2 });
    await expect(relay.report([face])).rejects.toMatchObject({ code: "busy" });
    expect(server.requests).toHaveLength(2);
  });

  it("is given up when it has grown too old", async () => {
    server.rest = { code: "busy", message: "all places are taken" };
    server.socket = server.rest;
    const relay = await connected({ reportLifetimeMs: 0 });
    await expect(relay.report([face])).rejects.toMatchObject({ code: "busy" });
    expect(server.requests).toHaveLength(1);
  });

  it("is refused when too many wait", async () => {
    server.socket = "silent";
    server.rest = "silent";
    const relay = await connected({ maxPendingReports: 1, ackTimeoutMs: 5000 });
    const first = relay.report([face]);
    await expect(relay.report([face])).rejects.toMatchObject({ code: "busy" });
    relay.close();
    await expect(first).rejects.toMatchObject({ code: "closed" });
  });

  it("can be given up by a signal", async () => {
    server.socket = "silent";
    const relay = await connected({ ackTimeoutMs: 5000 });
    const giveUp = new AbortController();
    const waiting = relay.report([face], { signal: giveUp.signal });
    giveUp.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
  });

  it("of nobody is refused", async () => {
    await expect(client().report([])).rejects.toMatchObject({ code: "no-face" });
  });
});

describe("REST", () => {
  it("sends the key as Bearer, and the socket as its token", async () => {
    const relay = await connected({ apiKey: "k1" });
    await relay.people();
    expect(server.requests[0]?.authorization).toBe("Bearer k1");
    expect(server.handshakes).toEqual([{ token: "k1" }]);
  });

  it("enrols with plain numbers", async () => {
    const relay = client();
    const person = await relay.enrol({ name: "Ana", unit: "4B", samples: [face] });
    expect(person.id).toBe("7");
    expect(server.requests[0]?.body).toEqual({
      name: "Ana",
      unit: "4B",
      samples: [{ model: face.model, embedding: Array(128).fill(0.25) }],
    });
  });

  it("forgets, and says when there is nobody", async () => {
    const relay = client();
    await relay.forget("7");
    await expect(relay.forget("../8")).rejects.toMatchObject({ code: "not-found" });
    expect(server.requests.map((request) => request.path)).toEqual(["/v1/people/7", "/v1/people/..%2F8"]);
  });

  it("keeps a gallery that has not changed", async () => {
    const relay = client();
    const first = await relay.gallery("sface-2021dec");
    expect(await relay.gallery("sface-2021dec")).toBe(first);
    server.etag = '"2"';
    expect(await relay.gallery("sface-2021dec")).not.toBe(first);
  });

  it("fetches only who changed, and puts them in the place of what it held of them", async () => {
    const entry = (person_id: string, first: number) => ({ person_id, name: person_id, embedding: [first] });
    const rate = (person_id: string) => ({ person_id, stranger_named_one_in: 10 });
    const negative = (person_id: string) => ({ person_id, embedding: [9] });
    server.gallery = {
      entries: [entry("ana", 1), entry("joe", 2), entry("eva", 3), entry("ana", 4)],
      own_rates: [rate("joe"), rate("eva")],
      negatives: [negative("ana"), negative("eva")],
    };
    const relay = client();
    const first = await relay.gallery("sface-2021dec");
    server.etag = '"2"';
    server.gallery = {
      version: "a-2",
      threshold: 1.2,
      replaces: ["ana", "joe"],
      entries: [entry("ana", 5)],
      own_rates: [rate("ana")],
      negatives: [],
    };
    const second = await relay.gallery("sface-2021dec");
    expect(server.requests.at(-1)?.path).toBe("/v1/gallery?model=sface-2021dec&since=a-1");
    expect(second).toEqual({
      ...first,
      version: "a-2",
      threshold: 1.2,
      entries: [entry("eva", 3), entry("ana", 5)],
      own_rates: [rate("eva"), rate("ana")],
      negatives: [negative("eva")],
    });
    expect(await relay.gallery("sface-2021dec")).toBe(second);

    server.etag = '"3"';
    server.gallery = { version: "b-0", entries: [entry("luz", 7)] };
    const whole = await relay.gallery("sface-2021dec");
    expect(server.requests.at(-1)?.path).toBe("/v1/gallery?model=sface-2021dec&since=a-2");
    expect(whole.entries).toEqual([entry("luz", 7)]);
  });

  it("names an answer that is not the relay's own by its status", async () => {
    await expect(client().health()).rejects.toMatchObject({ code: "busy", message: /502/ });
  });

  it("is unreachable when nobody answers in time", async () => {
    server.rest = "silent";
    const relay = client({ requestTimeoutMs: 50 });
    await expect(relay.people()).rejects.toMatchObject({ code: "relay-unreachable" });
    expect(relay.state.rest).toBe("down");
  });

  it("corrects an event, and takes that back", async () => {
    await client().correct(7, "Luis");
    await client().undoCorrection(7);
    const path = "/v1/events/7/correction";
    expect(server.requests.map((request) => [request.method, request.path])).toEqual([
      ["POST", path],
      ["DELETE", path],
    ]);
    expect(server.requests[0]?.body).toEqual({ is_not: true, name: "Luis" });
  });

  it("reads and changes what the operator chose, for everybody and for one person", async () => {
    await client().settings();
    await client().changeSettings({ stranger_named_one_in: 10_000 });
    await client().changePerson("a/b", { stranger_named_one_in: null });
    expect(server.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["GET", "/v1/settings", undefined],
      ["PUT", "/v1/settings", { stranger_named_one_in: 10_000 }],
      ["PATCH", "/v1/people/a%2Fb", { stranger_named_one_in: null }],
    ]);
  });

  it("asks how far the move to another model is, and answers a proposal", async () => {
    await client().upgrades();
    await client().decideUpgrade(3, "refuse");
    expect(server.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["GET", "/v1/upgrades", undefined],
      ["POST", "/v1/upgrades/3", { decision: "refuse" }],
    ]);
  });

  it("asks for a page of events", async () => {
    await client().events({ limit: 5, before: 9 });
    expect(server.requests[0]?.path).toBe("/v1/events?limit=5&before=9");
  });
});

describe("the socket", () => {
  it("tells of events, of gallery changes, and of its state", async () => {
    const relay = await connected();
    const onEvent = vi.fn();
    const onGalleryChange = vi.fn();
    const onState = vi.fn();
    relay.onEvent(onEvent);
    relay.onGalleryChange(onGalleryChange);
    relay.onState(onState);
    server.emit("event", { id: 3 });
    server.emit("gallery", { version: 2 });
    await vi.waitFor(() => expect(onGalleryChange).toHaveBeenCalledTimes(1), { timeout: 10_000 });
    expect(onEvent).toHaveBeenCalledWith({ id: 3 });
    server.dropSockets();
    // What happened meanwhile is unknown, so the gallery may have changed.
    await vi.waitFor(() => expect(onGalleryChange).toHaveBeenCalledTimes(2), { timeout: 10_000 });
    const seen = onState.mock.calls.map(([state]) => state.socket);
    expect(seen).toContain("down");
    expect(seen.at(-1)).toBe("up");
  });

  it("tells of cameras", async () => {
    const relay = await connected();
    const onCamera = vi.fn();
    const end = relay.onCamera(onCamera);
    server.emit("camera", { id: "hall", stream_url: "http://hall/", enabled: true });
    await vi.waitFor(() => expect(onCamera).toHaveBeenCalledTimes(1), { timeout: 10_000 });
    end();
    server.emit("camera", { id: "hall", stream_url: "http://hall/", enabled: false });
    server.emit("camera", { ...DRIVEN, enabled: false });
    await vi.waitFor(() => expect(relay.state.paused).toBe(true), { timeout: 10_000 });
    expect(onCamera).toHaveBeenCalledTimes(1);
  });

  it("tells of cameras that are removed, and goes on where one of them held it", async () => {
    const [door, hall] = [await connected({ cameraId: "door" }), await connected({ cameraId: "hall" })];
    const onCameraRemoved = vi.fn();
    const end = door.onCameraRemoved(onCameraRemoved);
    server.emit("camera", { ...DRIVEN, id: "cam_1", camera_id: "door", enabled: false });
    server.emit("camera", { ...DRIVEN, id: "cam_2", camera_id: "hall", enabled: false });
    await vi.waitFor(() => expect([door.state.paused, hall.state.paused]).toEqual([true, true]), { timeout: 10_000 });
    server.emit("camera_removed", { id: "cam_1" });
    await vi.waitFor(() => expect(door.state.paused).toBe(false), { timeout: 10_000 });
    expect(onCameraRemoved.mock.calls).toEqual([["cam_1"]]);
    end();
    server.emit("camera_removed", { id: "cam_2" });
    await vi.waitFor(() => expect(hall.state.paused).toBe(false), { timeout: 10_000 });
    expect(onCameraRemoved).toHaveBeenCalledTimes(1);
  });

  it("pauses whoever is the camera that is switched off, and nobody else", async () => {
    const [door, hall, unnamed] = [await connected({ cameraId: "door" }), await connected({ cameraId: "hall" }), await connected()];
    const onState = vi.fn();
    door.onState(onState);
    server.emit("camera", { ...DRIVEN, camera_id: "door", enabled: false });
    await vi.waitFor(() => expect(door.state.paused).toBe(true), { timeout: 10_000 });
    expect([hall.state.paused, unnamed.state.paused]).toEqual([false, false]);
    // With an address it is the relay that reads it, and no browser.
    server.emit("camera", { ...DRIVEN, camera_id: "hall", stream_url: "http://hall/", enabled: false });
    server.emit("camera", { ...DRIVEN, camera_id: "door", enabled: true });
    await vi.waitFor(() => expect(door.state.paused).toBe(false), { timeout: 10_000 });
    expect(hall.state.paused).toBe(false);
    expect(onState.mock.calls.map(([{ paused }]) => paused)).toEqual([true, false]);
    // It becomes another camera, or one that the relay reads: then it is not this page's any more.
    for (const other of [{ camera_id: "gate" }, { camera_id: "door", stream_url: "http://door/" }]) {
      server.emit("camera", { ...DRIVEN, camera_id: "door", enabled: false });
      await vi.waitFor(() => expect(door.state.paused).toBe(true), { timeout: 10_000 });
      server.emit("camera", { ...DRIVEN, ...other, enabled: false });
      await vi.waitFor(() => expect(door.state.paused).toBe(false), { timeout: 10_000 });
    }
    // What happened while it was not connected is unknown, and a kiosk must not stand still for ever.
    server.emit("camera", { ...DRIVEN, camera_id: "door", enabled: false });
    await vi.waitFor(() => expect(door.state.paused).toBe(true), { timeout: 10_000 });
    server.dropSockets();
    await vi.waitFor(() => expect(door.state).toMatchObject({ socket: "up", paused: false }), { timeout: 10_000 });
  });

  it("is silent after close", async () => {
    const relay = await connected();
    const onState = vi.fn();
    relay.onState(onState);
    relay.close();
    relay.close();
    expect(onState).not.toHaveBeenCalled();
    await expect(relay.report([face])).rejects.toMatchObject({ code: "closed" });
    await expect(relay.people()).rejects.toMatchObject({ code: "closed" });
  });
});

it("an address that is none is refused", () => {
  expect(() => new RelayClient({ url: "not an address" })).toThrow(/no URL/);
});
