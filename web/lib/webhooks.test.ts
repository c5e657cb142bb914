import { describe, expect, it } from "vitest";

import { readDeliveries, readSecret, readWebhook, readWebhooks, shownAddress } from "./webhooks";

const WEBHOOK = {
  id: "wh_1",
  url: "https://hooks.example.com/rostro",
  description: "Turnstile",
  filter: { topics: ["known", "mismatch"], cameras: ["door"], people: [] },
  disabled: null,
  send_bearer: true,
  previous_secret_until: "2026-11-23T10:00:00Z",
  created_at: "2026-11-22T10:00:00Z",
};

const DELIVERY = {
  id: 7,
  webhook_id: "msg_1",
  event_id: 4,
  state: "failing",
  attempts: 3,
  due_at: "2026-11-22T10:00:05Z",
  last_failure: "HTTP 500",
  given_up_at: null,
  delivered_at: null,
};

describe("readWebhook", () => {
  it("reads what the relay answers", () => {
    expect(readWebhook(WEBHOOK)).toEqual({
      id: "wh_1",
      url: "https://hooks.example.com/rostro",
      urlIsPartial: false,
      description: "Turnstile",
      filter: { topics: ["known", "mismatch"], cameras: ["door"], people: [] },
      disabled: null,
      sendBearer: true,
      previousSecretUntil: "2026-11-23T10:00:00Z",
      createdAt: "2026-11-22T10:00:00Z",
    });
  });

  it("holds back what may be a secret, and never the secret itself", () => {
    const webhook = readWebhook({ ...WEBHOOK, url: "https://h.example/in?token=hush#hush", secret: "whsec_hush" });
    expect(webhook).toMatchObject({ url: "https://h.example/in", urlIsPartial: true });
    expect(JSON.stringify(webhook)).not.toContain("hush");
  });

  it.each([
    ["operator", "operator"],
    ["gone", "gone"],
    ["something newer", null],
  ])("why it is off: %s", (disabled, read) => {
    expect(readWebhook({ ...WEBHOOK, disabled })).toMatchObject({ disabled: read });
  });

  it("reads the configuration's receiver where there is none", () => {
    const env = { ...WEBHOOK, id: "env", url: null, created_at: null };
    expect(readWebhook(env)).toMatchObject({ id: "env", url: null, urlIsPartial: false, createdAt: null });
  });

  it.each([null, [], "wh_1", {}, { id: 1, filter: {} }, { id: "wh_1" }])("is null for %j", (body) => {
    expect(readWebhook(body)).toBeNull();
  });
});

describe("readWebhooks", () => {
  it("reads all or none", () => {
    expect(readWebhooks({ webhooks: [WEBHOOK, WEBHOOK] })).toHaveLength(2);
    expect(readWebhooks({ webhooks: [] })).toEqual([]);
    expect(readWebhooks({ webhooks: [WEBHOOK, {}] })).toBeNull();
    expect(readWebhooks([WEBHOOK])).toBeNull();
  });
});

describe("readDeliveries", () => {
  it("reads a page", () => {
    expect(readDeliveries({ deliveries: [DELIVERY], next_before: 7 })).toEqual({
      deliveries: [
        {
          id: 7,
          eventId: 4,
          state: "failing",
          attempts: 3,
          lastFailure: "HTTP 500",
          dueAt: "2026-11-22T10:00:05Z",
          endedAt: null,
        },
      ],
      nextBefore: 7,
    });
  });

  it.each([
    [{ state: "dead", due_at: null, given_up_at: "2026-11-25T10:00:00Z" }, "2026-11-25T10:00:00Z"],
    [{ state: "delivered", due_at: null, delivered_at: "2026-11-22T10:00:00Z" }, "2026-11-22T10:00:00Z"],
  ])("tells when it ended: %j", (over, endedAt) => {
    const page = readDeliveries({ deliveries: [{ ...DELIVERY, ...over }], next_before: null });
    expect(page).toMatchObject({ deliveries: [{ endedAt, dueAt: null }], nextBefore: null });
  });

  it.each([{ id: "7" }, { state: "lost" }, { attempts: 0.5 }, { event_id: null }])("is null for one with %j", (over) => {
    expect(readDeliveries({ deliveries: [{ ...DELIVERY, ...over }], next_before: null })).toBeNull();
  });
});

describe("shownAddress", () => {
  it.each([
    ["https://user:hush@host:8443/hook?hush=1#hush", "https://host:8443/hook"],
    ["http://127.0.0.1:3005/hook", "http://127.0.0.1:3005/hook"],
    ["hush", ""],
  ])("%s", (address, shown) => {
    expect(shownAddress(address)).toBe(shown);
  });
});

describe("readSecret", () => {
  it("finds it in the one answer that has it", () => {
    expect(readSecret({ ...WEBHOOK, secret: "whsec_x" })).toBe("whsec_x");
    expect([readSecret(WEBHOOK), readSecret(null), readSecret({ secret: 1 })]).toEqual([null, null, null]);
  });
});
