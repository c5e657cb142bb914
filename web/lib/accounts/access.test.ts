import { readdirSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { accessOf, mayOpen, pageAfterSignIn, roleOf } from "./access";

/** Every page and route of the app, by its path. */
function everyPath(folder = path.join(import.meta.dirname, "../../app"), below = ""): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return everyPath(path.join(folder, entry.name), `${below}/${entry.name}`);
    return entry.name === "page.tsx" || entry.name === "route.ts" ? [below || "/"] : [];
  });
}

describe("accessOf", () => {
  it("lets everybody at nothing but what comes before signing in, and the webhook", () => {
    expect(everyPath().filter((one) => accessOf(one) === "everybody").toSorted()).toEqual([
      "/api/accounts/first",
      "/api/facial-recognition/webhook",
      "/sign-in",
      "/welcome",
    ]);
    for (const library of ["/api/auth/sign-up/email", "/api/auth/admin/create-user", "/api/auth/sign-in/social"]) {
      expect(accessOf(library)).toBe("signed-in");
    }
  });

  it.each([
    ["/settings", "admin"],
    ["/webhooks/env", "admin"],
    ["/api/webhooks/1/secret", "admin"],
    ["/api/accounts", "admin"],
    ["/api/cameras/door", "admin"],
    ["/api/cameras/door/adoption", "admin"],
    ["/api/cameras/door/feed", "signed-in"],
    ["/api/cameras/door/snapshot", "signed-in"],
    ["/api/cameras/feed", "admin"],
    ["/api/cameras/door/feed/more", "admin"],
    ["/api/settings/snapshots", "admin"],
    ["/api/snapshots", "signed-in"],
    ["/api/events/1/snapshot", "signed-in"],
    ["/cameras", "signed-in"],
    ["/api/accounts/first/more", "admin"],
    ["/settings-of-a-guest", "signed-in"],
    ["/", "signed-in"],
    ["/api/relay/ticket", "signed-in"],
    ["/sign-in/../people", "signed-in"],
    ["/sign-in/", "signed-in"],
    ["/SIGN-IN", "signed-in"],
  ])("%s is for %s", (asked, access) => expect(accessOf(asked)).toBe(access));
});

describe("mayOpen", () => {
  it.each([
    ["everybody", null, true],
    ["signed-in", null, false],
    ["signed-in", "operator", true],
    ["admin", "operator", false],
    ["admin", "admin", true],
    ["admin", null, false],
  ] as const)("%s, %s: %s", (access, role, may) => expect(mayOpen(access, role)).toBe(may));
});

it("takes what it does not know for an operator", () => {
  expect(["admin", "user", "admin,operator", null, undefined].map(roleOf)).toEqual([
    "admin",
    "operator",
    "operator",
    "operator",
    "operator",
  ]);
});

describe("pageAfterSignIn", () => {
  it.each(["/", "/people?q=ana", "/events?person=%C3%81ngela"])("goes to %s", (wanted) =>
    expect(pageAfterSignIn(wanted)).toBe(wanted),
  );
  it.each([null, "", "people", "//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "/a\nb", "/api/people", "/sign-in"])(
    "stays at home for %j",
    (wanted) => expect(pageAfterSignIn(wanted)).toBe("/"),
  );
});
