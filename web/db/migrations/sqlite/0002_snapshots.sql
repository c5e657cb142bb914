CREATE TABLE `Setting` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updatedAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `Snapshot` (
	`id` text PRIMARY KEY NOT NULL,
	`captureId` text NOT NULL,
	`face` text NOT NULL,
	`eventId` text,
	`takenAt` integer NOT NULL,
	FOREIGN KEY (`eventId`) REFERENCES `DetectionEvent`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `Snapshot_captureId_face` ON `Snapshot` (`captureId`,`face`);--> statement-breakpoint
CREATE INDEX `Snapshot_eventId` ON `Snapshot` (`eventId`);--> statement-breakpoint
CREATE INDEX `Snapshot_takenAt` ON `Snapshot` (`takenAt`);--> statement-breakpoint
ALTER TABLE `DetectionEvent` ADD `captureId` text;--> statement-breakpoint
CREATE INDEX `DetectionEvent_captureId` ON `DetectionEvent` (`captureId`);