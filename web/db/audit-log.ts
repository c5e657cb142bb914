/** What was done by this app, by whom. It only grows; of a forgotten person the name goes. */
import { desc, eq, lt, or } from "drizzle-orm";

import type { Database } from "./database";
import { append } from "./dialect";
import { auditLogs, type AuditLog } from "./schema";
import type { AuditAction, AuditDetails } from "./schema/values";

export const AUDIT_PAGE = 50;

export interface AuditEntry {
  /** `null` for what the app did on its own. */
  actor: { id: string; name: string } | null;
  action: AuditAction;
  targetId: string | null;
  targetName: string | null;
  details: AuditDetails | null;
  at: Date;
}

/** Adds an entry. */
export async function appendAudit(database: Database, entry: AuditEntry): Promise<void> {
  const { actor, at, ...rest } = entry;
  await append(database, (on) =>
    on.insert(auditLogs).values({
      ...rest,
      id: crypto.randomUUID(),
      actorId: actor?.id ?? null,
      actorName: actor?.name ?? null,
      occurredAt: at,
    }),
  );
}

/** Newest first, at most {@link AUDIT_PAGE}; before that cursor where one is given. */
export function listAudit(database: Database, before?: number): Promise<AuditLog[]> {
  return database
    .select()
    .from(auditLogs)
    .where(before === undefined ? undefined : lt(auditLogs.sequence, before))
    .orderBy(desc(auditLogs.sequence))
    .limit(AUDIT_PAGE);
}

/** Takes the name of a forgotten person out of every entry about them. */
export async function forgetInAudit(
  database: Database,
  { ids, name }: { ids: readonly string[]; name: string | null },
): Promise<void> {
  const about = [
    ...ids.map((id) => eq(auditLogs.targetId, id)),
    ...(name === null ? [] : [eq(auditLogs.targetName, name)]),
  ];
  if (about.length === 0) return;
  await database.update(auditLogs).set({ targetName: null, details: null }).where(or(...about));
}
