/**
 * The client of a Rostro relay: results go by Socket.IO and REST, the gallery comes back.
 *
 * @module
 */
export { RelayApi, type EnrolmentInput } from "./relay/api.js";
export { PENDING_REPORTS_MAX, REPORT_LIFETIME_MS, RelayClient, type GivenUp, type RelayOptions, type ReportOptions } from "./relay/client.js";
export { ticketFrom } from "./relay/token.js";
export { Sightings, type SeenFace, type SightingRules } from "./relay/sightings.js";
export type { ChannelAnswer, ChannelChange, ChannelEntry } from "./relay/log.js";
export { remoteGallery } from "./relay/remote.js";
export { syncedGallery } from "./relay/synced.js";
export { reportedFace, type ReportableFace } from "./relay/report.js";
export type { ChannelState, RelayState } from "./relay/state.js";
export { RostroError } from "./errors.js";
export type { Camera as RelayCamera } from "./generated/Camera.js";
export type { CameraFault } from "./generated/CameraFault.js";
export type { CameraState as RelayCameraState } from "./generated/CameraState.js";
export type { CameraStatus } from "./generated/CameraStatus.js";
export type { RtspTransport } from "./generated/RtspTransport.js";
export type { Channel } from "./generated/Channel.js";
export type { Claim } from "./generated/Claim.js";
export type { Correction } from "./generated/Correction.js";
export type { Decision } from "./generated/Decision.js";
export type { DecisionOutcome } from "./generated/DecisionOutcome.js";
export type { Doubt } from "./generated/Doubt.js";
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
export type { Identified } from "./generated/Identified.js";
export type { Liveness } from "./generated/Liveness.js";
export type { ModelHealth } from "./generated/ModelHealth.js";
export type { OwnRate } from "./generated/OwnRate.js";
export type { PixelBox } from "./generated/PixelBox.js";
export type { TaggedEmbedding } from "./generated/TaggedEmbedding.js";
export type { Verdict } from "./generated/Verdict.js";
export type { Person } from "./generated/Person.js";
export type { PersonChange } from "./generated/PersonChange.js";
export type { Receipt } from "./generated/Receipt.js";
export type { RelayLimits } from "./generated/RelayLimits.js";
export type { RelaySettings } from "./generated/RelaySettings.js";
export type { RelaySettingsChange } from "./generated/RelaySettingsChange.js";
export type { Report } from "./generated/Report.js";
export type { ReportedFace } from "./generated/ReportedFace.js";
export type { TicketAnswer } from "./generated/TicketAnswer.js";
export type { TicketRequest } from "./generated/TicketRequest.js";
export type { TicketUse } from "./generated/TicketUse.js";
export type { UpgradeDecision } from "./generated/UpgradeDecision.js";
export type { UpgradeProposal } from "./generated/UpgradeProposal.js";
export type { UpgradeStatus } from "./generated/UpgradeStatus.js";
