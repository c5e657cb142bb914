/** Writes down who did what. */
import "server-only";

import { appendAudit } from "@/db/audit-log";
import { database } from "@/db/database";
import type { AuditAction, AuditDetails } from "@/db/schema/values";

import { visitor } from "./session";

/** Whom or what an action was done to. */
export interface AuditTarget {
  id?: string | null;
  name?: string | null;
  details?: AuditDetails;
}

/** Notes what whoever asks has just done. */
export async function audit(action: AuditAction, { id = null, name = null, details }: AuditTarget = {}): Promise<void> {
  const [db, actor] = await Promise.all([database(), visitor()]);
  await appendAudit(db, { actor, action, targetId: id, targetName: name, details: details ?? null, at: new Date() });
}

/** A route's answer; what it did is noted where it did it. */
export async function audited(
  action: AuditAction,
  target: AuditTarget,
  answer: Response | Promise<Response>,
): Promise<Response> {
  const response = await answer;
  if (response.ok) await audit(action, target);
  return response;
}
