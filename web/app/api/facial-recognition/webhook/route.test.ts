import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { GET as events } from "../../events/route";
import { POST } from "./route";

const SECRET = "a secret of this test";
const RESULT = {
  timestamp: "2026-11-22T10:00:00.123456",
  name: "Desconocido",
  confidence: 0.2,
  distance: 0.8,
  box: { top: 1, right: 4, bottom: 3, left: 2 },
};
const BODY = { result: RESULT, camera_id: "webcam", timestamp: "2026-11-22T09:00:00Z" };

const folder = mkdtempSync(path.join(tmpdir(), "rostro-web-"));

beforeAll(() => {
  vi.stubEnv("ROSTRO_WEB_DATA", folder);
  vi.stubEnv("FACIAL_RECOGNITION_WEBHOOK_SECRET", SECRET);
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function deliver(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return POST(
    new Request("http://127.0.0.1:3005/api/facial-recognition/webhook", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${SECRET}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );
}

describe("the webhook's route", () => {
  it("stores a detection, answers 201 with it, and shows it in the feed", async () => {
    const response = await deliver(BODY, { "webhook-id": "first" });
    expect(response.status).toBe(201);
    const answer: unknown = await response.json();
    expect(answer).toEqual({
      success: true,
      detection: {
        id: expect.any(String),
        status: "UNKNOWN",
        clientId: null,
        confidence: 0.2,
        occurredAt: "2026-11-22T09:00:00.000Z",
      },
    });
    expect(await (await deliver(BODY, { "webhook-id": "first" })).json()).toEqual(answer);
    const feed: unknown = await (await events(new Request("http://127.0.0.1:3005/api/events?after=0"))).json();
    expect(feed).toMatchObject({ events: [{ status: "UNKNOWN", name: null, cameraName: "Cámara web" }] });
  });

  it.each([
    ["no secret", { authorization: "" }],
    ["another secret", { authorization: "Bearer another" }],
    ["another scheme", { authorization: SECRET }],
  ])("refuses %s", async (_, headers) => {
    const response = await deliver(BODY, headers);
    expect([response.status, await response.json()]).toEqual([401, { error: "Unauthorized" }]);
  });

  it.each([
    ["no JSON", "{"],
    ["no object", []],
    ["no result", { camera_id: "webcam" }],
  ])("refuses %s", async (_, body) => {
    const response = await deliver(body);
    expect([response.status, await response.json()]).toEqual([400, { error: "Missing required field: result" }]);
  });

  it("refuses what belongs to no camera", async () => {
    const response = await deliver({ result: RESULT, camera_id: null });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/^No camera found\. /u) });
  });

  it("lets nobody in while no secret is set", async () => {
    vi.stubEnv("FACIAL_RECOGNITION_WEBHOOK_SECRET", "");
    const response = await deliver(BODY, { authorization: "Bearer " });
    vi.stubEnv("FACIAL_RECOGNITION_WEBHOOK_SECRET", SECRET);
    expect(response.status).toBe(500);
  });
});
