import { describe, expect, it } from "vitest";

import { idOfName, isCameraId, isStream, readCameraChange, readNewCamera, shownStream, withoutLogin } from "./cameras";

describe("shownStream", () => {
  it.each([
    ["rtsp://10.0.0.7", "rtsp://10.0.0.7"],
    ["rtsp://10.0.0.7:554/", "rtsp://10.0.0.7:554"],
    ["rtsp://admin:hush@10.0.0.7:554/stream1", "rtsp://***@10.0.0.7:554/…"],
    ["rtsps://admin@cam.example/live?channel=1", "rtsps://***@cam.example/…"],
    ["rtsp://:hush@cam.example", "rtsp://***@cam.example"],
    ["rtsp://10.0.0.7/user=admin_password=hush_channel=1.sdp", "rtsp://10.0.0.7/…"],
    ["https://cam.example?token=hush", "https://cam.example/…"],
    ["https://cam.example#hush", "https://cam.example/…"],
    ["file:hush.mjpeg", "file:…"],
    ["rtsp://[fd00::7]:554/hush", "rtsp://[fd00::7]:554/…"],
    // What cannot be taken apart surely shows nothing at all.
    ["rtsp://admin:12/hush@cam.example/live", "***"],
    ["rtsp://admin:hush#@cam.example/live", "***"],
    ["/dev/video0", "***"],
    ["hush", "***"],
  ])("of %s is %s", (address, shown) => {
    expect(shownStream(address)).toBe(shown);
    expect(shown).not.toContain("hush");
  });
});

it.each([
  ["rtsp://10.0.0.7:554/1", "rtsp://10.0.0.7:554/1"],
  ["rtsp://me:hush@10.0.0.7:554/1?channel=2&PWD=hush#x", "rtsp://10.0.0.7:554/1?channel=2#x"],
  ["http://me@cam/video.cgi?user=me&key=hush", "http://cam/video.cgi"],
  ["http://cam/a@b", "http://cam/a@b"],
  ["file:clip.mjpeg", "file:clip.mjpeg"],
])("%s is told as %s", (address, told) => expect(withoutLogin(address)).toBe(told));

describe("isStream", () => {
  it.each(["rtsp://10.0.0.7/1", " rtsp://a:b@cam.example ", "http://cam.example/video.mjpg", "https://cam.example"])(
    "takes %s",
    (address) => expect(isStream(address)).toBe(true),
  );
  it.each(["", "cam", "ftp://cam.example", "rtsps://cam.example", "rtsp://", "rtsp://a/b@c", "file:///etc/passwd", `rtsp://c/${"x".repeat(2048)}`, 7, null])(
    "refuses %s",
    (address) => expect(isStream(address)).toBe(false),
  );
});

it.each([
  ["Puerta principal", "puerta-principal"],
  ["  Cámara 2 (patio) ", "camara-2-patio"],
  ["入口", ""],
  ["x".repeat(90), "x".repeat(64)],
  [`${"x".repeat(63)} y`, "x".repeat(63)],
])("the id of %j is %j", (name, id) => {
  expect(idOfName(name)).toBe(id);
  expect(id === "" || isCameraId(id)).toBe(true);
});

it.each(["", "a.b", "-door", "door-", "a b", "a/b", "ñ", "x".repeat(65), "a\n", 7, undefined])("%j is no id", (id) =>
  expect(isCameraId(id)).toBe(false),
);

describe("a camera in a body", () => {
  const DOOR = { id: "door", name: "Door", location: null };

  it("is read, trimmed, with or without an address", () => {
    expect(readNewCamera({ id: "door", name: " Door ", location: " " })).toEqual({ ok: true, value: DOOR });
    expect(readNewCamera({ ...DOOR, streamUrl: " rtsp://a:b@c/d " })).toEqual({
      ok: true,
      value: { ...DOOR, streamUrl: "rtsp://a:b@c/d" },
    });
    expect(readNewCamera({ ...DOOR, location: "Hall", isActive: false, createdAt: 0 })).toEqual({
      ok: true,
      value: { ...DOOR, location: "Hall" },
    });
  });

  it.each([
    [{ ...DOOR, id: "a door" }, "invalid-id"],
    [{ name: "Door" }, "invalid-id"],
    [{ ...DOOR, name: " " }, "invalid-name"],
    [{ ...DOOR, name: "x".repeat(201) }, "invalid-name"],
    [{ ...DOOR, location: "x".repeat(201) }, "invalid-location"],
    [{ ...DOOR, streamUrl: "" }, "invalid-stream"],
    [{ ...DOOR, streamUrl: "door" }, "invalid-stream"],
    [null, "invalid"],
    [[DOOR], "invalid"],
    [{ ...DOOR, username: "" }, "invalid-login"],
    [{ ...DOOR, password: "x".repeat(2049) }, "invalid-login"],
    [{ ...DOOR, threshold: 0 }, "invalid-threshold"],
    [{ ...DOOR, threshold: "0.6" }, "invalid-threshold"],
    [{ ...DOOR, minFacePx: 1.5 }, "invalid-min-face"],
    [{ ...DOOR, minFacePx: 4097 }, "invalid-min-face"],
    [{ ...DOOR, zone: [[0, 0], [1, 1]] }, "invalid-zone"],
    [{ ...DOOR, zone: [[0, 0], [1, 1], [0, 1.1]] }, "invalid-zone"],
    [{ ...DOOR, rtspTransport: "http" }, "invalid"],
  ])("%j is refused: %s", (body, problem) => expect(readNewCamera(body)).toEqual({ ok: false, problem }));

  it("says how the relay is to read it, as far as something is chosen", () => {
    const choices = {
      username: "me",
      password: null,
      threshold: null,
      minFacePx: 0,
      zone: [[0, 0], [1, 0], [1, 0.5]],
      rtspTransport: "udp",
    };
    expect(readNewCamera({ ...DOOR, ...choices })).toEqual({ ok: true, value: { ...DOOR, choices } });
    expect(readCameraChange({ ...DOOR, threshold: 0.5 })).toMatchObject({ ok: true, value: { choices: { threshold: 0.5 } } });
  });

  it("is changed with its address left as it is, taken away or given anew", () => {
    const { id: _, ...draft } = DOOR;
    expect(readCameraChange(DOOR)).toEqual({ ok: true, value: draft });
    expect(readCameraChange({ ...DOOR, streamUrl: null })).toEqual({ ok: true, value: { ...draft, streamUrl: null } });
    expect(readCameraChange({ ...DOOR, streamUrl: "rtsp://c" })).toEqual({ ok: true, value: { ...draft, streamUrl: "rtsp://c" } });
    expect(readCameraChange({ ...DOOR, isActive: false })).toEqual({ ok: true, value: { isActive: false } });
    expect(readCameraChange({ isActive: "no" })).toEqual({ ok: false, problem: "invalid" });
  });
});
