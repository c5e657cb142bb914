/** What is asked of somebody who gets an account, and what can be wrong with it. */
import { presentText } from "../identity";
import { isRecord } from "../json";

import { roleOf, type Role } from "./access";

export const PASSWORD_MIN_CHARS = 10;
/** Longer ones cost time to hash. */
export const PASSWORD_MAX_CHARS = 128;
const TEXT_MAX_CHARS = 200;

export interface NewAccount {
  name: string;
  email: string;
  password: string;
  role: Role;
}

/** Why an account was not made, changed or removed, with the status that says so. */
export const ACCOUNT_STATUS = {
  "invalid-name": 400,
  "invalid-email": 400,
  "invalid-password": 400,
  "email-taken": 409,
  "wrong-code": 403,
  "no-code": 403,
  "not-first": 409,
  "last-admin": 409,
  "not-found": 404,
  failed: 500,
} as const;

export type AccountProblem = keyof typeof ACCOUNT_STATUS;

export type AccountReading = { ok: true; account: NewAccount } | { ok: false; problem: AccountProblem };

/** Reads a request's body; otherwise says the first thing that is wrong. */
export function readNewAccount(body: unknown): AccountReading {
  if (!isRecord(body)) return { ok: false, problem: "invalid-name" };
  const name = presentText(body.name);
  if (name === null || name.length > TEXT_MAX_CHARS || /\p{Cc}/u.test(name)) return { ok: false, problem: "invalid-name" };
  const email = presentText(body.email)?.toLowerCase() ?? null;
  if (email === null || email.length > TEXT_MAX_CHARS || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(email)) {
    return { ok: false, problem: "invalid-email" };
  }
  const { password } = body;
  if (!isPassword(password)) return { ok: false, problem: "invalid-password" };
  return { ok: true, account: { name, email, password, role: roleOf(body.role) } };
}

/** Any characters; only the length is asked for. */
export function isPassword(value: unknown): value is string {
  return typeof value === "string" && value.length >= PASSWORD_MIN_CHARS && value.length <= PASSWORD_MAX_CHARS;
}

/** The problem in an answer of this app's routes. */
export function problemIn(answer: unknown): AccountProblem {
  const error = isRecord(answer) ? answer.error : undefined;
  const code = isRecord(error) ? error.code : undefined;
  return typeof code === "string" && Object.hasOwn(ACCOUNT_STATUS, code) ? (code as AccountProblem) : "failed";
}
