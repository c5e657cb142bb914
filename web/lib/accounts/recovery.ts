/** A way back for whoever runs the server, when nobody who manages knows a password any more. */
import "server-only";

import { eq } from "drizzle-orm";

import { database } from "@/db/database";
import { appendAudit } from "@/db/audit-log";
import { users } from "@/db/schema";

import { recovery } from "../settings";
import { auth } from "./auth";
import { isPassword, PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS } from "./new-account";

/**
 * Gives the account that the environment names the password that it says, and the right to manage; its sessions end. Rejects
 * with what to change where that cannot be.
 */
export async function recoverAccount(): Promise<void> {
  const { email, password } = recovery();
  if (email === undefined) return;
  if (!isPassword(password)) {
    const length = `${PASSWORD_MIN_CHARS} to ${PASSWORD_MAX_CHARS} characters`;
    throw new Error(`ROSTRO_WEB_RECOVER names an account: ROSTRO_WEB_RECOVER_PASSWORD must say its new password, ${length}`);
  }
  const db = await database();
  const [account] = await db.select().from(users).where(eq(users.email, email.toLowerCase()));
  if (!account) throw new Error("ROSTRO_WEB_RECOVER names an account that is not there");
  const { id, name } = account;
  const { internalAdapter, password: hashing } = await (await auth()).$context;
  await internalAdapter.updatePassword(id, await hashing.hash(password));
  await internalAdapter.deleteUserSessions(id);
  await db.update(users).set({ role: "admin" }).where(eq(users.id, id));
  const details = { newPassword: true, role: "admin" };
  await appendAudit(db, { actor: null, action: "account.changed", targetId: id, targetName: name, details, at: new Date() });
  console.log("ROSTRO_WEB_RECOVER gave an account its new password: take both variables out of the environment again");
}
