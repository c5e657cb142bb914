import { describe, expect, it } from "vitest";

import { isSameOrigin } from "./request-guard";

function from(headers: Record<string, string>): Request {
  return new Request("http://127.0.0.1:3005/api/people", { method: "POST", headers });
}

describe("isSameOrigin", () => {
  it.each([
    ["the app's own page", { host: "127.0.0.1:3005", origin: "http://127.0.0.1:3005" }, true],
    ["the app behind a proxy", { host: "web:3005", "x-forwarded-host": "rostro.example", origin: "https://rostro.example" }, true],
    ["another page", { host: "127.0.0.1:3005", origin: "https://elsewhere.example" }, false],
    ["another port of this machine", { host: "127.0.0.1:3005", origin: "http://127.0.0.1:8080" }, false],
    ["a sandboxed page", { host: "127.0.0.1:3005", origin: "null" }, false],
    ["a program that is no browser", { host: "127.0.0.1:3005" }, true],
    ["a browser that hides the origin", { host: "127.0.0.1:3005", "sec-fetch-site": "cross-site" }, false],
  ])("%s", (_, headers, expected) => {
    expect(isSameOrigin(from(headers))).toBe(expected);
  });
});
