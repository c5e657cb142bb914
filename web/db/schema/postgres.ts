/** The tables of `sqlite.ts`, column by column, in PostgreSQL: a row of one is a row of the other. */
import { boolean, doublePrecision, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";

import {
  AUDIT_ACTIONS,
  DETECTION_STATUSES,
  type AuditDetails,
  type DetectionMetadata,
  type StoredEmbedding,
} from "./values";

/** To the millisecond, as JavaScript counts them. */
const moment = <Name extends string>(name: Name) => timestamp(name, { withTimezone: true, precision: 3 });

const createdAt = () =>
  moment("createdAt")
    .notNull()
    .$defaultFn(() => new Date());

const updatedAt = () =>
  moment("updatedAt")
    .notNull()
    .$defaultFn(() => new Date())
    .$onUpdateFn(() => new Date());

export const cameras = pgTable("Camera", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  streamUrl: text("streamUrl").unique(),
  location: text("location"),
  isActive: boolean("isActive").notNull().default(true),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

export const clients = pgTable(
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

export const facialProfiles = pgTable(
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
    embedding: jsonb("embedding").$type<StoredEmbedding>().notNull(),
    /** How well the face could be seen, 0..1; `null` where nobody measured it. */
    quality: doublePrecision("quality"),
    imageUrl: text("imageUrl"),
    isActive: boolean("isActive").notNull().default(true),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [index("FacialProfile_clientId").on(table.clientId)],
);

export const detectionEvents = pgTable(
  "DetectionEvent",
  {
    /** Grows with every event: the feed's cursor. */
    sequence: integer("sequence").primaryKey().generatedByDefaultAsIdentity(),
    id: text("id").notNull().unique(),
    cameraId: text("cameraId")
      .notNull()
      .references(() => cameras.id),
    clientId: text("clientId").references(() => clients.id, { onDelete: "set null" }),
    status: text("status", { enum: DETECTION_STATUSES }).notNull(),
    /** 0..1 */
    confidence: doublePrecision("confidence"),
    snapshotUrl: text("snapshotUrl"),
    metadata: jsonb("metadata").$type<DetectionMetadata>(),
    occurredAt: moment("occurredAt").notNull(),
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
export const snapshots = pgTable(
  "Snapshot",
  {
    id: text("id").primaryKey(),
    captureId: text("captureId").notNull(),
    /** The face's box in that capture, as `faceOf` writes it. */
    face: text("face").notNull(),
    /** `null` while the webhook has not told of the event. */
    eventId: text("eventId").references(() => detectionEvents.id, { onDelete: "cascade" }),
    takenAt: moment("takenAt").notNull(),
  },
  (table) => [
    uniqueIndex("Snapshot_captureId_face").on(table.captureId, table.face),
    index("Snapshot_eventId").on(table.eventId),
    index("Snapshot_takenAt").on(table.takenAt),
  ],
);

/** What this app's operator has chosen, by the setting's name. */
export const settings = pgTable("Setting", {
  name: text("name").primaryKey(),
  value: jsonb("value").$type<unknown>().notNull(),
  updatedAt: updatedAt(),
});

/** What was done by this app, by whom; it only grows. */
export const auditLogs = pgTable(
  "AuditLog",
  {
    sequence: integer("sequence").primaryKey().generatedByDefaultAsIdentity(),
    id: text("id").notNull().unique(),
    /** `null` for what the app did on its own. */
    actorId: text("actorId"),
    /** As they were called then. */
    actorName: text("actorName"),
    action: text("action", { enum: AUDIT_ACTIONS }).notNull(),
    targetId: text("targetId"),
    /** `null` once that person was forgotten. */
    targetName: text("targetName"),
    details: jsonb("details").$type<AuditDetails>(),
    occurredAt: moment("occurredAt").notNull(),
  },
  (table) => [index("AuditLog_targetId").on(table.targetId)],
);

/** Who may use this app; the tables of the log-in are shaped as its library wants them. */
export const users = pgTable("User", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  email: text("email").notNull().unique(),
  emailVerified: boolean("emailVerified").notNull().default(false),
  image: text("image"),
  role: text("role"),
  banned: boolean("banned"),
  banReason: text("banReason"),
  banExpires: moment("banExpires"),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

export const sessions = pgTable(
  "Session",
  {
    id: text("id").primaryKey(),
    token: text("token").notNull().unique(),
    userId: text("userId")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    expiresAt: moment("expiresAt").notNull(),
    ipAddress: text("ipAddress"),
    userAgent: text("userAgent"),
    impersonatedBy: text("impersonatedBy"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [index("Session_userId").on(table.userId)],
);

export const accounts = pgTable(
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
    accessTokenExpiresAt: moment("accessTokenExpiresAt"),
    refreshTokenExpiresAt: moment("refreshTokenExpiresAt"),
    scope: text("scope"),
    /** A hash. */
    password: text("password"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [index("Account_userId").on(table.userId)],
);

export const verifications = pgTable("Verification", {
  id: text("id").primaryKey(),
  identifier: text("identifier").notNull(),
  value: text("value").notNull(),
  expiresAt: moment("expiresAt").notNull(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});
