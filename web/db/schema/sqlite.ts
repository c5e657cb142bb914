/**
 * The receiving app's tables, named and shaped as the integration contract describes them, in SQLite.
 *
 * `nameKey`, `emailKey` and `dniKey` hold `identityKey(…)` of their neighbours, because SQLite's own
 * `lower()` only knows ASCII and "ÁNGELA" must find "Ángela".
 */
import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

import {
  AUDIT_ACTIONS,
  DETECTION_STATUSES,
  type AuditDetails,
  type DetectionMetadata,
  type StoredEmbedding,
} from "./values";

const createdAt = () =>
  integer("createdAt", { mode: "timestamp_ms" })
    .notNull()
    .$defaultFn(() => new Date());

const updatedAt = () =>
  integer("updatedAt", { mode: "timestamp_ms" })
    .notNull()
    .$defaultFn(() => new Date())
    .$onUpdateFn(() => new Date());

export const cameras = sqliteTable("Camera", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  streamUrl: text("streamUrl").unique(),
  location: text("location"),
  isActive: integer("isActive", { mode: "boolean" }).notNull().default(true),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

export const clients = sqliteTable(
  "Client",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    nameKey: text("nameKey").notNull(),
    email: text("email"),
    emailKey: text("emailKey"),
    /** Identity document. */
    dni: text("dni"),
    dniKey: text("dniKey"),
    /** Flat or office. */
    unit: text("unit"),
    /** Kind of resident. */
    kind: text("kind"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    index("Client_nameKey").on(table.nameKey),
    index("Client_emailKey").on(table.emailKey),
    index("Client_dniKey").on(table.dniKey),
  ],
);

export const facialProfiles = sqliteTable(
  "FacialProfile",
  {
    id: text("id").primaryKey(),
    clientId: text("clientId")
      .notNull()
      .references(() => clients.id, { onDelete: "cascade" }),
    provider: text("provider").notNull(),
    /** The relay's person and encoding, as `faceIdOf` writes them; something else where that is not known. One per sample. */
    providerFaceId: text("providerFaceId").unique(),
    /** The id of the model that made the embedding. */
    version: text("version"),
    embedding: text("embedding", { mode: "json" }).$type<StoredEmbedding>().notNull(),
    /** How well the face could be seen, 0..1; `null` where nobody measured it. */
    quality: real("quality"),
    imageUrl: text("imageUrl"),
    isActive: integer("isActive", { mode: "boolean" }).notNull().default(true),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [index("FacialProfile_clientId").on(table.clientId)],
);

export const detectionEvents = sqliteTable(
  "DetectionEvent",
  {
    /** Grows with every event: the feed's cursor. */
    sequence: integer("sequence").primaryKey({ autoIncrement: true }),
    id: text("id").notNull().unique(),
    cameraId: text("cameraId")
      .notNull()
      .references(() => cameras.id),
    clientId: text("clientId").references(() => clients.id, { onDelete: "set null" }),
    status: text("status", { enum: DETECTION_STATUSES }).notNull(),
    /** 0..1 */
    confidence: real("confidence"),
    snapshotUrl: text("snapshotUrl"),
    metadata: text("metadata", { mode: "json" }).$type<DetectionMetadata>(),
    occurredAt: integer("occurredAt", { mode: "timestamp_ms" }).notNull(),
    /** The sender's `webhook-id`: a repeated delivery finds its first event here. */
    webhookId: text("webhookId").unique(),
    /** The capture that the face was seen in, as whoever reported it named it. */
    captureId: text("captureId"),
  },
  (table) => [
    index("DetectionEvent_occurredAt").on(table.occurredAt),
    index("DetectionEvent_captureId").on(table.captureId),
  ],
);

/** A picture of a face that is kept beside its event, in a file of its own that is named by the id. */
export const snapshots = sqliteTable(
  "Snapshot",
  {
    id: text("id").primaryKey(),
    captureId: text("captureId").notNull(),
    /** The face's box in that capture, as `faceOf` writes it. */
    face: text("face").notNull(),
    /** `null` while the webhook has not told of the event. */
    eventId: text("eventId").references(() => detectionEvents.id, { onDelete: "cascade" }),
    takenAt: integer("takenAt", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [
    uniqueIndex("Snapshot_captureId_face").on(table.captureId, table.face),
    index("Snapshot_eventId").on(table.eventId),
    index("Snapshot_takenAt").on(table.takenAt),
  ],
);

/** What this app's operator has chosen, by the setting's name. */
export const settings = sqliteTable("Setting", {
  name: text("name").primaryKey(),
  value: text("value", { mode: "json" }).$type<unknown>().notNull(),
  updatedAt: updatedAt(),
});

/** What was done by this app, by whom; it only grows. */
export const auditLogs = sqliteTable(
  "AuditLog",
  {
    sequence: integer("sequence").primaryKey({ autoIncrement: true }),
    id: text("id").notNull().unique(),
    /** `null` for what the app did on its own. */
    actorId: text("actorId"),
    /** As they were called then. */
    actorName: text("actorName"),
    action: text("action", { enum: AUDIT_ACTIONS }).notNull(),
    targetId: text("targetId"),
    /** `null` once that person was forgotten. */
    targetName: text("targetName"),
    details: text("details", { mode: "json" }).$type<AuditDetails>(),
    occurredAt: integer("occurredAt", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [index("AuditLog_targetId").on(table.targetId)],
);

/** Who may use this app; the tables of the log-in are shaped as its library wants them. */
export const users = sqliteTable("User", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  email: text("email").notNull().unique(),
  emailVerified: integer("emailVerified", { mode: "boolean" }).notNull().default(false),
  image: text("image"),
  role: text("role"),
  banned: integer("banned", { mode: "boolean" }),
  banReason: text("banReason"),
  banExpires: integer("banExpires", { mode: "timestamp_ms" }),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

export const sessions = sqliteTable(
  "Session",
  {
    id: text("id").primaryKey(),
    token: text("token").notNull().unique(),
    userId: text("userId")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    expiresAt: integer("expiresAt", { mode: "timestamp_ms" }).notNull(),
    ipAddress: text("ipAddress"),
    userAgent: text("userAgent"),
    impersonatedBy: text("impersonatedBy"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [index("Session_userId").on(table.userId)],
);

export const accounts = sqliteTable(
  "Account",
  {
    id: text("id").primaryKey(),
    accountId: text("accountId").notNull(),
    providerId: text("providerId").notNull(),
    userId: text("userId")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    accessToken: text("accessToken"),
    refreshToken: text("refreshToken"),
    idToken: text("idToken"),
    accessTokenExpiresAt: integer("accessTokenExpiresAt", { mode: "timestamp_ms" }),
    refreshTokenExpiresAt: integer("refreshTokenExpiresAt", { mode: "timestamp_ms" }),
    scope: text("scope"),
    /** A hash. */
    password: text("password"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [index("Account_userId").on(table.userId)],
);

export const verifications = sqliteTable("Verification", {
  id: text("id").primaryKey(),
  identifier: text("identifier").notNull(),
  value: text("value").notNull(),
  expiresAt: integer("expiresAt", { mode: "timestamp_ms" }).notNull(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});
