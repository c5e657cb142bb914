import { describe, expect, it } from "vitest";

import { contentSecurityPolicy } from "./content-security-policy";

function policy(relayUrl: string, development = false): Map<string, string> {
  const header = contentSecurityPolicy({ nonce: "N", relayUrl, development });
  return new Map(header.split("; ").map((rule) => [rule.slice(0, rule.indexOf(" ")), rule.slice(rule.indexOf(" ") + 1)]));
}

describe("contentSecurityPolicy", () => {
  it("lets WebAssembly be compiled and nothing be evaluated or written inline", () => {
    const rules = policy("http://127.0.0.1:8000");
    expect(rules.get("script-src")).toBe("'self' 'nonce-N' 'wasm-unsafe-eval'");
    expect([...rules.values()].join(" ")).not.toContain("unsafe-inline");
    expect(rules.get("worker-src")).toBe("'self'");
  });

  it.each([
    ["http://127.0.0.1:8000", "'self' http://127.0.0.1:8000 ws://127.0.0.1:8000"],
    ["https://relay.example/rostro", "'self' https://relay.example wss://relay.example"],
  ])("lets the page talk to %s, also by socket", (relayUrl, sources) => {
    expect(policy(relayUrl).get("connect-src")).toBe(sources);
  });
});
