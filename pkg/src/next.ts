/**
 * For an app's server: the relay's webhook, tickets for pages, and the relay's whole API. For routes of a Next.js app, or
 * anything else that speaks `Request` and `Response`.
 *
 * ```ts
 * // app/api/facial-recognition/webhook/route.ts
 * export const POST = createWebhookHandler({
 *   secret: process.env.FACIAL_RECOGNITION_WEBHOOK_SECRET,
 *   onDetection: async ({ result, camera_id }, { webhookId }) => store(result, camera_id, webhookId),
 * });
 *
 * // app/api/rostro/ticket/route.ts
 * export const POST = createTicketRoute({
 *   relay: { url: process.env.ROSTRO_URL, apiKey: process.env.ROSTRO_API_KEY },
 *   allow: async () => ((await isLoggedIn()) ? { uses: ["report", "gallery"], camera_id: "door" } : null),
 * });
 * ```
 *
 * @module
 */
export { RecentDeliveries, type DeliveryMemory } from "./next/deliveries.js";
export { createTicketRoute, type TicketRouteOptions } from "./next/ticket.js";
export {
  CameraNotFound,
  createWebhookHandler,
  type Delivery,
  type StoredDetection,
  type WebhookHandlerOptions,
} from "./next/webhook.js";
export { RelayAdmin, type DeliveriesPage, type RelayAdminOptions } from "./relay/admin.js";
export { RelayApi, type EnrolmentInput } from "./relay/api.js";
export { RostroError } from "./errors.js";
export type { Camera as RelayCamera } from "./generated/Camera.js";
export type { CameraChange } from "./generated/CameraChange.js";
export type { CameraFault } from "./generated/CameraFault.js";
export type { CameraState as RelayCameraState } from "./generated/CameraState.js";
export type { CameraStatus } from "./generated/CameraStatus.js";
export type { NewCamera } from "./generated/NewCamera.js";
export type { RtspTransport } from "./generated/RtspTransport.js";
export type { Delivery as WebhookDelivery } from "./generated/Delivery.js";
export type { Decision } from "./generated/Decision.js";
export type { DeliveryState } from "./generated/DeliveryState.js";
export type { DisabledReason } from "./generated/DisabledReason.js";
export type { Encoding } from "./generated/Encoding.js";
export type { NewWebhook } from "./generated/NewWebhook.js";
export type { PixelBox } from "./generated/PixelBox.js";
export type { Replay } from "./generated/Replay.js";
export type { ResultObject } from "./generated/ResultObject.js";
export type { TicketAnswer } from "./generated/TicketAnswer.js";
export type { TicketRequest } from "./generated/TicketRequest.js";
export type { TicketUse } from "./generated/TicketUse.js";
export type { Topic } from "./generated/Topic.js";
export type { VerifyAnswer } from "./generated/VerifyAnswer.js";
export type { Webhook } from "./generated/Webhook.js";
export type { WebhookBody } from "./generated/WebhookBody.js";
export type { WebhookChange } from "./generated/WebhookChange.js";
export type { WebhookFilter } from "./generated/WebhookFilter.js";
export type { WebhookWithSecret } from "./generated/WebhookWithSecret.js";
