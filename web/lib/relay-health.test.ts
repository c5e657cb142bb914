import { describe, expect, it } from "vitest";

import { readFigures, readHealth, span } from "./relay-health";

const HEALTH = {
  status: "degraded",
  version: "0.1.0",
  models: [{ id: "a", available: true }, { id: "b", available: false, reason: "checksum" }],
  deliveries_pending: 3,
};

describe("readHealth", () => {
  it("reads the relay's answer", () => {
    expect(readHealth(HEALTH)).toEqual({
      degraded: true,
      version: "0.1.0",
      models: [
        { id: "a", available: true, reason: null },
        { id: "b", available: false, reason: "checksum" },
      ],
      deliveriesPending: 3,
    });
    expect(readHealth({ ...HEALTH, status: "ok" })).toMatchObject({ degraded: false });
  });

  it.each([null, [], "ok", { status: "ok" }, { ...HEALTH, models: null }, { ...HEALTH, deliveries_pending: "3" }])(
    "is null for %j",
    (body) => {
      expect(readHealth(body)).toBeNull();
    },
  );
});

describe("readFigures", () => {
  it("finds them among the metrics", () => {
    const text = [
      "# HELP rostro_encodings Encodings held",
      "# TYPE rostro_encodings gauge",
      "rostro_encodings 12",
      "rostro_uptime_seconds 3601",
      'rostro_model_available{model="sface-2021dec"} 1',
      "rostro_webhooks_failing 1",
      "# EOF",
    ].join("\n");
    expect(readFigures(text)).toEqual({ uptimeSeconds: 3601, encodings: 12, webhooksFailing: true });
  });

  it.each(["", "<html>", "rostro_encodings many\nrostro_encodings_total 7"])("knows none in «%s»", (text) => {
    expect(readFigures(text)).toEqual({ uptimeSeconds: null, encodings: null, webhooksFailing: null });
  });
});

describe("span", () => {
  it.each([
    [59.9, { days: 0, hours: 0, minutes: 0 }],
    [3_661, { days: 0, hours: 1, minutes: 1 }],
    [90_000, { days: 1, hours: 1, minutes: 0 }],
  ])("%d s", (seconds, expected) => {
    expect(span(seconds)).toEqual(expected);
  });
});
