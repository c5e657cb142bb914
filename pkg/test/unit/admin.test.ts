import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RelayAdmin } from "../../src/relay/admin.js";
import { RelayServer } from "./relayServer.js";

/** Long enough for a machine that is busy with something else. */
const LIMIT_MS = 3_000;

let server: RelayServer;
let admin: RelayAdmin;

beforeEach(async () => {
  server = await new RelayServer().start({ socket: false });
  admin = new RelayAdmin({ url: server.url, apiKey: "key", requestTimeoutMs: LIMIT_MS });
});

afterEach(() => server.stop());

describe("cameras", () => {
  it("are listed, made, changed and removed", async () => {
    expect(await admin.cameras()).toEqual([{ id: "default" }]);
    expect(await admin.createCamera({ name: "Door", stream_url: "http://10.0.0.8/", username: "me" })).toEqual({ id: "door" });
    expect(await admin.changeCamera("door", { enabled: false, zone: null })).toEqual({ id: "door" });
    expect(await admin.camera("door")).toEqual({ id: "door" });
    await admin.removeCamera("door");
    await expect(admin.camera("a/b")).rejects.toMatchObject({ code: "not-found" });
    expect(server.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["GET", "/v1/cameras", undefined],
      ["POST", "/v1/cameras", { name: "Door", stream_url: "http://10.0.0.8/", username: "me" }],
      ["PATCH", "/v1/cameras/door", { enabled: false, zone: null }],
      ["GET", "/v1/cameras/door", undefined],
      ["DELETE", "/v1/cameras/door", undefined],
      ["GET", "/v1/cameras/a%2Fb", undefined],
    ]);
    expect(new Set(server.requests.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer key"]));
  });

  it("give one picture", async () => {
    const picture = await admin.cameraSnapshot("door");
    expect(picture.type).toBe("image/jpeg");
    expect(await picture.text()).toBe("jpeg");
  });
});

describe("a feed", () => {
  it("goes on past the time limit of requests, until its signal ends it", async () => {
    const stop = new AbortController();
    const response = await admin.cameraFeed("door", { signal: stop.signal });
    expect(response.headers.get("content-type")).toBe("multipart/x-mixed-replace; boundary=frame");
    const reader = response.body!.getReader();
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await read()).toBe("--frame\r\n");
    await new Promise((resolve) => setTimeout(resolve, LIMIT_MS + 200));
    for (const viewer of server.viewers) viewer.write("later");
    expect(await read()).toBe("later");
    stop.abort();
    await expect(reader.read()).rejects.toThrow();
    await vi.waitFor(() => expect(server.viewers.size).toBe(0), { timeout: 10_000 });
  });

  it("ends with whoever reads it", async () => {
    const response = await admin.cameraFeed("door");
    await response.body!.cancel();
    await vi.waitFor(() => expect(server.viewers.size).toBe(0), { timeout: 10_000 });
  });

  it("that is refused says why, and one that does not begin is given up", async () => {
    await expect(admin.cameraFeed("hall")).rejects.toMatchObject({ code: "not-found" });
    server.rest = { code: "busy", message: "every viewer's place is taken" };
    await expect(admin.cameraFeed("door")).rejects.toMatchObject({ code: "busy" });
    server.rest = "silent";
    await expect(admin.cameraFeed("door")).rejects.toMatchObject({ code: "relay-unreachable" });
    await expect(admin.cameraFeed("door", { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
  });
});
