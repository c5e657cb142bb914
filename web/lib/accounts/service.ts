/** Accounts: the first one, those that an admin makes, and their end. */
import "server-only";

import { timingSafeEqual } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { headers } from "next/headers";
import { asc, count, eq } from "drizzle-orm";

import { database } from "@/db/database";
import { users, verifications } from "@/db/schema";

import { allowedHosts, setupCode } from "../settings";
import { roleOf, type Role } from "./access";
import { auth } from "./auth";
import { audit } from "./audit";
import { ACCOUNT_STATUS, type AccountProblem, type NewAccount } from "./new-account";

/** After a wrong code, so that guessing takes long. */
const WRONG_CODE_PAUSE_MS = 1_000;
/** Of the row that lets one of several through who make the first account at once. */
const FIRST = "first-account";
const FIRST_LIFETIME_MS = 60_000;

/** One line of the accounts' list. */
export interface AccountLine {
  id: string;
  name: string;
  email: string;
  role: Role;
  /** ISO 8601 in UTC. */
  createdAt: string;
}

/** What became of a change: `null` if it was made. */
export type AccountOutcome = AccountProblem | null;

/** The answer of a route. */
export function told(problem: AccountOutcome): Response {
  if (problem === null) return new Response(null, { status: 204 });
  return Response.json({ error: { code: problem } }, { status: ACCOUNT_STATUS[problem] });
}

/** Whether nobody has an account yet. */
export async function isFirstStart(): Promise<boolean> {
  const db = await database();
  const [row] = await db.select({ accounts: count() }).from(users);
  return row?.accounts === 0;
}

/** What making the first account takes, where others than this machine can reach the app. */
export function codeNeeded(): "none" | "code" | "unset" {
  if (setupCode() !== undefined) return "code";
  return allowedHosts().length > 0 ? "unset" : "none";
}

/** Makes the first account, an admin's. There is one first account, however many ask for it at once. */
export async function makeFirstAccount(account: NewAccount, code: string | null): Promise<AccountOutcome> {
  const needed = codeNeeded();
  if (needed === "unset") return "no-code";
  if (needed === "code" && !isSame(code ?? "", setupCode() ?? "")) {
    await sleep(WRONG_CODE_PAUSE_MS);
    return "wrong-code";
  }
  const db = await database();
  const expiresAt = new Date(Date.now() + FIRST_LIFETIME_MS);
  const [turn] = await db
    .insert(verifications)
    .values({ id: FIRST, identifier: FIRST, value: "", expiresAt })
    .onConflictDoNothing()
    .returning();
  if (!turn) return "not-first";
  try {
    return (await isFirstStart()) ? await create({ ...account, role: "admin" }) : "not-first";
  } finally {
    await db.delete(verifications).where(eq(verifications.id, FIRST));
  }
}

/** Makes an account. Who asks was checked before. */
export async function makeAccount(account: NewAccount): Promise<AccountOutcome> {
  const problem = await create(account);
  if (problem === null) await audit("account.created", { name: account.name, details: { role: account.role } });
  return problem;
}

async function create({ name, email, password, role }: NewAccount): Promise<AccountOutcome> {
  const { api } = await auth();
  const db = await database();
  const [taken] = await db.select({ id: users.id }).from(users).where(eq(users.email, email));
  if (taken) return "email-taken";
  // Without headers this is the server's own call, which needs no session.
  await api.createUser({ body: { name, email, password, role } });
  return null;
}

/** Everybody who may use this app, by name. */
export async function listAccounts(): Promise<AccountLine[]> {
  const db = await database();
  const rows = await db.select().from(users).orderBy(asc(users.name));
  return rows.map(({ id, name, email, role, createdAt }) => ({
    id,
    name,
    email,
    role: roleOf(role),
    createdAt: createdAt.toISOString(),
  }));
}

export interface AccountChange {
  role?: Role;
  password?: string;
}

/** Changes what an account may do, or its password; with a new password its sessions end. */
export async function changeAccount(id: string, { role, password }: AccountChange): Promise<AccountOutcome> {
  const account = await accountOf(id);
  if (!account) return "not-found";
  if (role === "operator" && (await isLastAdmin(account))) return "last-admin";
  const { api } = await auth();
  const received = await headers();
  if (role !== undefined) await api.setRole({ headers: received, body: { userId: id, role } });
  if (password !== undefined) {
    await api.setUserPassword({ headers: received, body: { userId: id, newPassword: password } });
    await api.revokeUserSessions({ headers: received, body: { userId: id } });
  }
  await audit("account.changed", {
    id,
    name: account.name,
    details: { ...(role !== undefined && { role }), ...(password !== undefined && { newPassword: true }) },
  });
  return null;
}

/** Takes an account away, and with it its sessions. */
export async function removeAccount(id: string): Promise<AccountOutcome> {
  const account = await accountOf(id);
  if (!account) return "not-found";
  if (await isLastAdmin(account)) return "last-admin";
  const { api } = await auth();
  await api.removeUser({ headers: await headers(), body: { userId: id } });
  await audit("account.removed", { id, name: account.name });
  return null;
}

async function accountOf(id: string): Promise<AccountLine | undefined> {
  return (await listAccounts()).find((account) => account.id === id);
}

async function isLastAdmin(account: AccountLine): Promise<boolean> {
  const admins = (await listAccounts()).filter(({ role }) => role === "admin");
  return account.role === "admin" && admins.length === 1;
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
