/** The tables of the database that is in use: embedded, or of a PostgreSQL server. Queries are written once, for both. */
import { databaseUrl } from "@/lib/settings";

import * as postgres from "./schema/postgres";
import * as sqlite from "./schema/sqlite";

type Tables = typeof sqlite;
type Rows<Of extends Record<keyof Tables, { $inferSelect: object; $inferInsert: object }>> = {
  [Table in keyof Tables]: Pick<Of[Table], "$inferSelect" | "$inferInsert">;
};

/** Whether the database is a PostgreSQL server. */
export const isPostgres = databaseUrl() !== undefined;

// The two have the same rows (the compiler holds them together here), so that one type stands for both.
const sameRows: Rows<Tables> = postgres satisfies Rows<Tables>;
const tables = isPostgres ? (sameRows as Tables) : sqlite;

export const {
  accounts,
  auditLogs,
  cameras,
  clients,
  detectionEvents,
  facialProfiles,
  sessions,
  settings,
  snapshots,
  users,
  verifications,
} = tables;

export type Camera = typeof cameras.$inferSelect;
export type Client = typeof clients.$inferSelect;
export type FacialProfile = typeof facialProfiles.$inferSelect;
export type DetectionEvent = typeof detectionEvents.$inferSelect;
export type AuditLog = typeof auditLogs.$inferSelect;
