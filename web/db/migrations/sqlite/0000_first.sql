CREATE TABLE `Camera` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`streamUrl` text,
	`location` text,
	`isActive` integer DEFAULT true NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `Camera_streamUrl_unique` ON `Camera` (`streamUrl`);--> statement-breakpoint
CREATE TABLE `Client` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`nameKey` text NOT NULL,
	`email` text,
	`emailKey` text,
	`dni` text,
	`dniKey` text,
	`unit` text,
	`kind` text,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `Client_nameKey` ON `Client` (`nameKey`);--> statement-breakpoint
CREATE INDEX `Client_emailKey` ON `Client` (`emailKey`);--> statement-breakpoint
CREATE INDEX `Client_dniKey` ON `Client` (`dniKey`);--> statement-breakpoint
CREATE TABLE `DetectionEvent` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`cameraId` text NOT NULL,
	`clientId` text,
	`status` text NOT NULL,
	`confidence` real,
	`snapshotUrl` text,
	`metadata` text,
	`occurredAt` integer NOT NULL,
	`webhookId` text,
	FOREIGN KEY (`cameraId`) REFERENCES `Camera`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`clientId`) REFERENCES `Client`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `DetectionEvent_id_unique` ON `DetectionEvent` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `DetectionEvent_webhookId_unique` ON `DetectionEvent` (`webhookId`);--> statement-breakpoint
CREATE INDEX `DetectionEvent_occurredAt` ON `DetectionEvent` (`occurredAt`);--> statement-breakpoint
CREATE TABLE `FacialProfile` (
	`id` text PRIMARY KEY NOT NULL,
	`clientId` text NOT NULL,
	`provider` text NOT NULL,
	`providerFaceId` text,
	`version` text,
	`embedding` text NOT NULL,
	`imageUrl` text,
	`isActive` integer DEFAULT true NOT NULL,
	`createdAt` integer NOT NULL,
	`updatedAt` integer NOT NULL,
	FOREIGN KEY (`clientId`) REFERENCES `Client`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `FacialProfile_providerFaceId_unique` ON `FacialProfile` (`providerFaceId`);--> statement-breakpoint
CREATE INDEX `FacialProfile_clientId` ON `FacialProfile` (`clientId`);