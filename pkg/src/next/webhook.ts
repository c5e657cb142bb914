/** The receiver of the relay's webhook: who may, what is a delivery, and what is answered. */
import type { WebhookBody } from "../generated/WebhookBody.js";
import { RecentDeliveries, type DeliveryMemory } from "./deliveries.js";
import { verifySignature } from "./signature.js";

/** What became of a detection, in the app's own terms. */
export interface StoredDetection {
  id: string;
  status: "MATCHED" | "NEW_FACE" | "MULTIPLE_MATCHES" | "UNKNOWN";
  /** The client it was matched with. */
  clientId: string | null;
  /** 0..1. */
  confidence: number | null;
  /** A date, or ISO 8601. */
  occurredAt: Date | string;
}

/** What is known of a delivery beside its body. */
export interface Delivery {
  /** The same for every try of one event: what has been stored under it must not be stored again. */
  webhookId: string | undefined;
}

/** A delivery has less than two thousand. */
const BODY_MAX_BYTES = 100_000;

/** Choices for {@link createWebhookHandler}. */
export interface WebhookHandlerOptions {
  /**
   * What the relay sends as Bearer, or signs with; several while it is changed, or for several relays, any of which is
   * taken. Left out or empty, every delivery is refused; `null` says in so many words that none is asked for.
   */
  secret: string | readonly string[] | null | undefined;
  /**
   * Whether a delivery without a signature is refused. A signature that is there must be right, and no older than five
   * minutes, either way; it is enough by itself. `false` by default, for senders that only send the secret as Bearer.
   */
  requireSignature?: boolean;
  /**
   * Remembers what was stored, so that a delivery that comes again is answered as the first time and not stored twice. By
   * default the last thousand of this process; `false` where `onDetection` sees to that itself by `webhookId`, as it should
   * where there are several processes.
   */
  memory?: DeliveryMemory | false;
  /** Stores a detection; throws {@link CameraNotFound} if it belongs to no camera of the app's. */
  onDetection: (body: WebhookBody, delivery: Delivery) => Promise<StoredDetection>;
}

/** Thrown by `onDetection` for a detection that belongs to no camera; answered with 400. */
export class CameraNotFound extends Error {
  override readonly name = "CameraNotFound";

  constructor(message = "No camera found. Send a camera_id or a camera_stream_url that is known.") {
    super(message.startsWith("No camera found. ") ? message : `No camera found. ${message}`);
  }
}

/** Makes the `POST` handler of the webhook's route. */
export function createWebhookHandler(options: WebhookHandlerOptions): (request: Request) => Promise<Response> {
  const { onDetection, requireSignature = false } = options;
  const secrets = secretsOf(options.secret);
  const memory = options.memory === false ? undefined : (options.memory ?? new RecentDeliveries());
  return async (request) => {
    if (secrets?.length === 0) {
      const message = "set FACIAL_RECOGNITION_WEBHOOK_SECRET to what the relay sends";
      return Response.json({ error: "The webhook has no secret", message }, { status: 500 });
    }
    const unauthorized = () => Response.json({ error: "Unauthorized" }, { status: 401 });
    const { headers } = request;
    const hasSecret = secrets === null || (await hasBearer(headers, secrets));
    // Before anything is read of the body. Receivers that were added over the relay's API are sent no Bearer, unless they
    // ask for it: there the signature says enough.
    const isOnlySigned = !headers.has("authorization") && headers.has("webhook-signature");
    if (!hasSecret && !isOnlySigned) return unauthorized();
    const bytes = await bodyWithin(BODY_MAX_BYTES, request);
    if (bytes === undefined) return Response.json({ error: "The body is too large" }, { status: 413 });
    if (secrets !== null) {
      const signature = await verifySignature(headers, bytes, secrets);
      const isTrusted = signature === "good" || (signature === "missing" && hasSecret && !requireSignature);
      if (!isTrusted) return unauthorized();
    }
    const body = parsed(bytes);
    if (!isWebhookBody(body)) {
      return Response.json({ error: "Missing required field: result" }, { status: 400 });
    }
    try {
      const webhookId = headers.get("webhook-id") ?? undefined;
      const store = () => onDetection(body, { webhookId });
      const isKnown = webhookId !== undefined && memory !== undefined;
      const detection = await (isKnown ? memory.once(webhookId, store) : store());
      const occurredAt = new Date(detection.occurredAt).toISOString();
      return Response.json({ success: true, detection: { ...detection, occurredAt } }, { status: 201 });
    } catch (error) {
      if (error instanceof CameraNotFound) return Response.json({ error: error.message }, { status: 400 });
      const message = error instanceof Error ? error.message : "something other than an error was thrown";
      return Response.json({ error: "The detection could not be stored", message }, { status: 500 });
    }
  };
}

/** `null` where none is asked for. */
function secretsOf(given: WebhookHandlerOptions["secret"]): readonly string[] | null {
  if (given === null) return null;
  return (typeof given === "object" ? given : [given ?? ""]).filter((secret) => secret !== "");
}

async function hasBearer(headers: Headers, secrets: readonly string[]): Promise<boolean> {
  const authorization = headers.get("authorization");
  const found = await Promise.all(secrets.map((secret) => isBearer(authorization, secret)));
  return found.includes(true);
}

/** The body; nothing where it is longer than `max` bytes, of which no more is read then. */
async function bodyWithin(max: number, request: Request): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    length += read.value.length;
    if (length > max) {
      await reader?.cancel();
      return undefined;
    }
    chunks.push(read.value);
  }
  const body = new Uint8Array(length);
  let from = 0;
  for (const chunk of chunks) {
    body.set(chunk, from);
    from += chunk.length;
  }
  return body;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function isWebhookBody(body: unknown): body is WebhookBody {
  if (typeof body !== "object" || body === null || !("result" in body)) return false;
  const { result } = body;
  return typeof result === "object" && result !== null && "name" in result && typeof result.name === "string";
}

/** Compares digests, every byte of them, so that the time taken tells nothing of the secret. */
async function isBearer(header: string | null, secret: string): Promise<boolean> {
  const [sent, wanted] = await Promise.all([digest(header ?? ""), digest(`Bearer ${secret}`)]);
  let difference = 0;
  wanted.forEach((byte, index) => {
    difference |= byte ^ (sent[index] ?? 0);
  });
  return difference === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
