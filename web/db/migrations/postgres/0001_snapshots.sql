CREATE TABLE "Setting" (
	"name" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updatedAt" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "Snapshot" (
	"id" text PRIMARY KEY NOT NULL,
	"captureId" text NOT NULL,
	"face" text NOT NULL,
	"eventId" text,
	"takenAt" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "DetectionEvent" ADD COLUMN "captureId" text;--> statement-breakpoint
ALTER TABLE "Snapshot" ADD CONSTRAINT "Snapshot_eventId_DetectionEvent_id_fk" FOREIGN KEY ("eventId") REFERENCES "public"."DetectionEvent"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "Snapshot_captureId_face" ON "Snapshot" USING btree ("captureId","face");--> statement-breakpoint
CREATE INDEX "Snapshot_eventId" ON "Snapshot" USING btree ("eventId");--> statement-breakpoint
CREATE INDEX "Snapshot_takenAt" ON "Snapshot" USING btree ("takenAt");--> statement-breakpoint
CREATE INDEX "DetectionEvent_captureId" ON "DetectionEvent" USING btree ("captureId");