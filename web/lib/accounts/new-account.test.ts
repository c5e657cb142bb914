import { describe, expect, it } from "vitest";

import { problemIn, readNewAccount } from "./new-account";

const GIVEN = { name: " Ana Ruiz ", email: "Ana@Example.org", password: "ten letters", role: "admin" };

describe("readNewAccount", () => {
  it("reads a name, an address in small letters, a password as it is, and a role", () => {
    expect(readNewAccount(GIVEN)).toEqual({
      ok: true,
      account: { name: "Ana Ruiz", email: "ana@example.org", password: "ten letters", role: "admin" },
    });
    expect(readNewAccount({ ...GIVEN, role: "owner" })).toMatchObject({ account: { role: "operator" } });
  });

  it.each([
    [null, "invalid-name"],
    [{ ...GIVEN, name: " " }, "invalid-name"],
    [{ ...GIVEN, name: "a\u0007" }, "invalid-name"],
    [{ ...GIVEN, name: "a".repeat(201) }, "invalid-name"],
    [{ ...GIVEN, email: "ana" }, "invalid-email"],
    [{ ...GIVEN, email: "ana@home" }, "invalid-email"],
    [{ ...GIVEN, email: undefined }, "invalid-email"],
    [{ ...GIVEN, password: "nine char" }, "invalid-password"],
    [{ ...GIVEN, password: "a".repeat(129) }, "invalid-password"],
    [{ ...GIVEN, password: 1_234_567_890 }, "invalid-password"],
  ])("refuses %j: %s", (body, problem) => expect(readNewAccount(body)).toEqual({ ok: false, problem }));
});

it("finds the problem that a route names, and no other", () => {
  expect(problemIn({ error: { code: "email-taken" } })).toBe("email-taken");
  for (const answer of [null, {}, { error: "x" }, { error: { code: "toString" } }]) expect(problemIn(answer)).toBe("failed");
});
