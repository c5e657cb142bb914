import type { RelayCamera } from "rostro/next";
import { beforeEach, describe, expect, it } from "vitest";

import {
  dropAtRelay,
  idHere,
  joinedLines,
  makeAtRelay,
  problemOf,
  tellRelay,
  withNews,
  type CameraCalls,
  type StoredLine,
} from "./relay-cameras";

const STATUS: RelayCamera["status"] = {
  state: "live",
  fault: null,
  reason: null,
  since: "2026-11-30T10:00:00Z",
  last_frame_age_ms: 40,
  frames_per_second: 10,
  looks_per_second: 9.5,
  width: 640,
  height: 480,
  viewers: 0,
};

function camera(given: Partial<RelayCamera> = {}): RelayCamera {
  return {
    id: "door",
    name: "Puerta",
    stream_url: "http://10.0.0.8/hush",
    has_credentials: false,
    of_environment: false,
    enabled: true,
    camera_id: "door",
    threshold: null,
    min_face_px: 0,
    zone: null,
    rtsp_transport: "auto",
    created_at: "2026-11-30T10:00:00Z",
    status: STATUS,
    ...given,
  };
}

const DEFAULT = camera({ id: "default", name: "default", camera_id: null, stream_url: null, enabled: false });

function line(given: Partial<StoredLine> = {}): StoredLine {
  return {
    id: "door",
    name: "Door",
    location: null,
    isActive: true,
    stream: null,
    faces: 3,
    unknown: 1,
    lastEventAt: null,
    isRemovable: true,
    ...given,
  };
}

describe("joinedLines", () => {
  it("has this app's cameras with what the relay says of them, and whether those are on that it reads", () => {
    const stored = [line(), line({ id: "webcam", isActive: true })];
    const [door, webcam] = joinedLines(stored, [DEFAULT, camera({ enabled: false, threshold: Math.fround(0.6) })]);
    expect(door).toMatchObject({ name: "Door", faces: 3, isStored: true, isActive: false });
    expect(door?.atRelay).toMatchObject({ id: "door", isRead: true, threshold: 0.6, status: { state: "live" } });
    expect(webcam).toMatchObject({ isActive: true, isStored: true, atRelay: null });
    expect(JSON.stringify([door, webcam])).not.toContain("hush");
  });

  it("finds the camera of the legacy routes by the name that its events carry", () => {
    const named = { ...DEFAULT, camera_id: "webcam", stream_url: "http://10.0.0.9/", of_environment: true };
    const lines = joinedLines([line({ id: "webcam" })], [named]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ id: "webcam", isRemovable: false, atRelay: { id: "default", isOfEnvironment: true } });
  });

  it("lists what only the relay has, but for a camera of the legacy routes that is nowhere yet", () => {
    const lines = joinedLines([], [DEFAULT, camera({ id: "cam_1", camera_id: "cam_1" })]);
    expect(lines.map(({ id, isStored, stream }) => ({ id, isStored, stream }))).toEqual([
      { id: "cam_1", isStored: false, stream: "http://10.0.0.8/…" },
    ]);
    const withAddress = { ...DEFAULT, stream_url: "http://10.0.0.8/" };
    expect(joinedLines([], [withAddress]).map(({ id }) => id)).toEqual(["default"]);
  });
});

it("news take the place of what was read", () => {
  const lines = joinedLines([line(), line({ id: "hall" })], [camera()]);
  expect(withNews(lines, [])).toBe(lines);
  const gone = { ...STATUS, state: "connecting", fault: "unreachable", reason: "connection refused" } as const;
  const [door, hall] = withNews(lines, [camera({ enabled: false, status: gone })]);
  expect(door).toMatchObject({ isActive: false, name: "Door", atRelay: { status: gone } });
  expect(hall).toBe(lines[1]);
});

describe("the relay is told", () => {
  let cameras: RelayCamera[];
  let told: unknown[];
  let refusal: { code: string; field?: string } | null;
  const relay: CameraCalls = {
    cameras: async () => cameras,
    createCamera: async (body) => answer("create", body),
    changeCamera: async (id, body) => answer(id, body),
    removeCamera: async (id) => void answer("remove", id),
  };
  const answer = (...call: unknown[]) => {
    if (refusal) throw refusal;
    told.push(call);
    return camera();
  };
  const stored = { name: "Door", streamUrl: "http://10.0.0.8/", isActive: false };

  beforeEach(() => {
    [cameras, told, refusal] = [[DEFAULT], [], null];
  });

  it("of a new camera, with what was chosen", async () => {
    const choices = { username: "me", password: "hush", threshold: null, zone: null, minFacePx: 40, rtspTransport: "tcp" } as const;
    await makeAtRelay(relay, "door", { name: ` A\nname ${"x".repeat(200)}`, streamUrl: "rtsp://c", choices });
    expect(told).toEqual([
      [
        "create",
        {
          id: "door",
          name: `A name ${"x".repeat(93)}`,
          stream_url: "rtsp://c",
          enabled: true,
          username: "me",
          password: "hush",
          min_face_px: 40,
          rtsp_transport: "tcp",
        },
      ],
    ]);
  });

  it("of none whose id it has, whether as its own or as that of events", async () => {
    cameras = [camera({ id: "x" }), camera({ id: "y", camera_id: "z" })];
    for (const id of ["door", "x", "y", "z"]) {
      const making = makeAtRelay(relay, id, { name: "Door", streamUrl: "http://c" });
      expect(await making.catch(problemOf), id).toBe("at-relay");
    }
    expect(told).toEqual([]);
  });

  it("of changes, by its own id, and of nothing that was not given", async () => {
    cameras = [camera({ id: "default", camera_id: "door" })];
    await tellRelay(relay, "door", { isActive: false }, stored);
    await tellRelay(relay, "door", { name: "Hall", choices: { username: null, password: null, threshold: null } }, stored);
    expect(told).toEqual([
      ["default", { enabled: false }],
      ["default", { name: "Hall", username: null, password: null, threshold: null }],
    ]);
  });

  it("of a camera that it has lost, as soon as it is to be read", async () => {
    expect(await tellRelay(relay, "door", { isActive: false }, stored)).toBeNull();
    expect(await tellRelay(relay, "door", { name: "Door" }, { ...stored, streamUrl: null })).toBeNull();
    await tellRelay(relay, "door", { isActive: true }, stored);
    await tellRelay(relay, "door", { name: "Hall", streamUrl: "rtsp://c" }, stored);
    expect(told).toEqual([
      ["create", { id: "door", name: "Door", stream_url: "http://10.0.0.8/", enabled: true }],
      ["create", { id: "door", name: "Hall", stream_url: "rtsp://c", enabled: false }],
    ]);
  });

  it("to forget a camera; that of the legacy routes stays, without its address", async () => {
    cameras = [camera({ id: "default", camera_id: "webcam" }), camera()];
    for (const id of ["door", "webcam", "nowhere"]) await dropAtRelay(relay, id);
    expect(told).toEqual([
      ["remove", "door"],
      ["default", { enabled: false, stream_url: null }],
    ]);
  });

  it("and what it refuses has its words", async () => {
    refusal = { code: "conflict" };
    expect(await makeAtRelay(relay, "door", { name: "Door", streamUrl: "http://c" }).catch(problemOf)).toBe("too-many");
    cameras = [camera()];
    expect(await tellRelay(relay, "door", { streamUrl: "http://c" }, stored).catch(problemOf)).toBe("of-environment");
    refusal = { code: "address-refused", field: "stream_url" };
    expect(await tellRelay(relay, "door", { streamUrl: "http://c" }, stored).catch(problemOf)).toBe("address-refused");
  });
});

it.each([
  [{ code: "relay-unreachable" }, "relay-away"],
  [{ code: "busy" }, "relay-away"],
  [{ code: "not-found" }, "gone"],
  [{ code: "invalid-request", field: "stream_url" }, "invalid-stream"],
  [{ code: "invalid-request", field: "zone" }, "invalid-zone"],
  [{ code: "invalid-request" }, "invalid"],
  [{ code: "internal" }, "failed"],
  [new TypeError("fetch failed"), "failed"],
] as const)("%j is %s", (error, problem) => expect(problemOf(error)).toBe(problem));

it("a camera goes by what its events carry", () => {
  expect([idHere(DEFAULT), idHere({ id: "default", camera_id: "webcam" })]).toEqual(["default", "webcam"]);
});
