/**
 * The four tables of the receiving app, named and shaped as the integration contract describes them.
 *
 * `nameKey`, `emailKey` and `dniKey` hold `identityKey(…)` of their neighbours, because SQLite's own
 * `lower()` only knows ASCII and "ÁNGELA" must find "Ángela".
 */
import { index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const DETECTION_STATUSES = ["MATCHED", "NEW_FACE", "MULTIPLE_MATCHES", "UNKNOWN"] as const;

export type DetectionStatus = (typeof DETECTION_STATUSES)[number];

/** That a detection's face is not of the person whom it names, as the relay holds it too. */
export interface StoredCorrection {
  /** The relay's id of the event. */
  relayEventId: number;
  /** Who it was instead, where somebody said so. */
  name: string | null;
  /** `identityKey(…)` of that name. */
  nameKey: string | null;
}

/** What a detection keeps beside its columns. Never an embedding, never a picture. */
export interface DetectionMetadata {
  /** The name that was sent; `null` for an unknown face and after the person was forgotten. */
  name: string | null;
  /** On the wire's scale, where 0.6 is the threshold. */
  distance: number | null;
  /** Whole pixels of the frame. */
  box: { top: number; right: number; bottom: number; left: number } | null;
  /** Left out where nobody said anything against it. */
  correction?: StoredCorrection;
}

/** `{vector: […]}`: 128 numbers of the model named in the profile's `version`. */
export interface StoredEmbedding {
  vector: number[];
}

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
    /** One per sample, so it is not the relay's person id. */
    providerFaceId: text("providerFaceId").unique(),
    /** The id of the model that made the embedding. */
    version: text("version"),
    embedding: text("embedding", { mode: "json" }).$type<StoredEmbedding>().notNull(),
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
  },
  (table) => [index("DetectionEvent_occurredAt").on(table.occurredAt)],
);

export type Camera = typeof cameras.$inferSelect;
export type Client = typeof clients.$inferSelect;
export type FacialProfile = typeof facialProfiles.$inferSelect;
export type DetectionEvent = typeof detectionEvents.$inferSelect;
