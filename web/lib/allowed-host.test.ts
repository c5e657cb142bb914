import { describe, expect, it } from "vitest";

import { isAllowedHost } from "./allowed-host";

describe("isAllowedHost", () => {
  it.each([
    ["127.0.0.1:3005", [], true],
    ["localhost:3005", [], true],
    ["[::1]:3005", [], true],
    ["LOCALHOST", [], true],
    ["rostro.example", ["rostro.example"], true],
    ["rostro.example:8443", ["rostro.example"], true],
    ["rostro.example", [], false],
    ["127.0.0.1.evil.example:3005", [], false],
    ["localhost.evil.example", [], false],
    ["evil.example:3005", ["rostro.example"], false],
    ["", [], false],
    [null, [], false],
  ] as const)("%s with %j listed: %s", (host, listed, expected) => {
    expect(isAllowedHost(host, listed)).toBe(expected);
  });
});
