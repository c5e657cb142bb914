/**
 * The client of a Rostro relay: results go by Socket.IO and REST, the gallery comes back.
 *
 * @module
 */
export { RelayClient, type EnrolmentInput, type GivenUp, type RelayOptions } from "./relay/client.js";
export { Sightings, type SeenFace, type SightingRules } from "./relay/sightings.js";
export { syncedGallery } from "./relay/synced.js";
export { reportedFace, type ReportableFace } from "./relay/report.js";
export type { ChannelState, RelayState } from "./relay/state.js";
export { RostroError } from "./errors.js";
export type { Claim } from "./generated/Claim.js";
export type { Correction } from "./generated/Correction.js";
export type { Enrolled } from "./generated/Enrolled.js";
export type { EnrolmentWarning } from "./generated/EnrolmentWarning.js";
export type { Enrolment } from "./generated/Enrolment.js";
export type { ErrorCode } from "./generated/ErrorCode.js";
export type { Event as RelayEvent } from "./generated/Event.js";
export type { FaceResult } from "./generated/FaceResult.js";
export type { GalleryEntry } from "./generated/GalleryEntry.js";
export type { GalleryNegative } from "./generated/GalleryNegative.js";
export type { GalleryList } from "./generated/GalleryList.js";
export type { Health } from "./generated/Health.js";
export type { Person } from "./generated/Person.js";
export type { PersonChange } from "./generated/PersonChange.js";
export type { Receipt } from "./generated/Receipt.js";
export type { RelaySettings } from "./generated/RelaySettings.js";
export type { RelaySettingsChange } from "./generated/RelaySettingsChange.js";
export type { Report } from "./generated/Report.js";
export type { ReportedFace } from "./generated/ReportedFace.js";
export type { UpgradeDecision } from "./generated/UpgradeDecision.js";
export type { UpgradeProposal } from "./generated/UpgradeProposal.js";
export type { UpgradeStatus } from "./generated/UpgradeStatus.js";
