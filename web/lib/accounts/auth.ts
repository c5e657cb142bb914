/** The log-in: accounts with a password, and sessions in a cookie, by better-auth. */
import "server-only";

import { randomBytes } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";

import { betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { admin } from "better-auth/plugins";
import { createAccessControl } from "better-auth/plugins/access";
import { adminAc, defaultStatements, userAc } from "better-auth/plugins/admin/access";

import { database, type Database } from "@/db/database";
import { accounts, isPostgres, sessions, users, verifications } from "@/db/schema";

import { allowedHosts, dataFolder, givenSessionSecret } from "../settings";
import { PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS } from "./new-account";

const DAY_S = 86_400;
/** A tablet at a door is not signed in again every week. Each day of use begins it anew. */
const SESSION_S = 30 * DAY_S;
const SECRET_BYTES = 32;
const SIGN_INS_OF_ADDRESS = { window: 60, max: 40 };

const control = createAccessControl(defaultStatements);

function makeAuth(db: Database, secret: string) {
  return betterAuth({
    secret,
    database: drizzleAdapter(db, {
      provider: isPostgres ? "pg" : "sqlite",
      schema: { user: users, session: sessions, account: accounts, verification: verifications },
    }),
    // The proxy has refused hosts that this app is not; behind a terminator of TLS, only the page knows the scheme.
    trustedOrigins: (request) => {
      const host = request?.headers.get("x-forwarded-host") ?? request?.headers.get("host");
      return host ? [`http://${host}`, `https://${host}`] : [];
    },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN_CHARS,
      maxPasswordLength: PASSWORD_MAX_CHARS,
      revokeSessionsOnPasswordReset: true,
    },
    // A reception signs in from one address; the limit for one account is in the route.
    rateLimit: { customRules: { "/sign-in/*": SIGN_INS_OF_ADDRESS } },
    session: { expiresIn: SESSION_S, updateAge: DAY_S },
    advanced: {
      cookiePrefix: "rostro",
      // Over plain http a browser keeps such a cookie for this machine's own names alone.
      useSecureCookies: allowedHosts().length > 0,
      defaultCookieAttributes: { sameSite: "lax", httpOnly: true },
    },
    plugins: [
      admin({
        ac: control,
        roles: { admin: control.newRole(adminAc.statements), operator: control.newRole(userAc.statements) },
        defaultRole: "operator",
        adminRoles: ["admin"],
      }),
    ],
    telemetry: { enabled: false },
    logger: { level: "error" },
  });
}

export type Auth = ReturnType<typeof makeAuth>;

// One for the process, as the database is.
const shared = globalThis as typeof globalThis & { rostroAuth?: Promise<Auth> };

/** The process's log-in. A failure to set it up is not kept. */
export function auth(): Promise<Auth> {
  shared.rostroAuth ??= setUp().catch((error: unknown) => {
    delete shared.rostroAuth;
    throw error;
  });
  return shared.rostroAuth;
}

async function setUp(): Promise<Auth> {
  const [db, secret] = await Promise.all([database(), sessionSecret()]);
  return makeAuth(db, secret);
}

/** What sessions are signed with: `ROSTRO_WEB_SESSION_SECRET`, else a file beside the database, made when it is missing. */
async function sessionSecret(): Promise<string> {
  const given = givenSessionSecret();
  if (given !== undefined) return given;
  const file = path.join(dataFolder(), "session-secret");
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept.trim() !== "") return kept.trim();
  await mkdir(dataFolder(), { recursive: true, mode: 0o700 });
  const handle = await open(file, "wx", 0o600).catch(() => null);
  // Another process was faster.
  if (handle === null) return (await readFile(file, "utf8")).trim();
  const secret = randomBytes(SECRET_BYTES).toString("hex");
  await handle.writeFile(secret);
  await handle.close();
  return secret;
}
