/** What only the key may ask of the relay: for servers. */
import { RostroError } from "../errors.js";
import type { Camera } from "../generated/Camera.js";
import type { CameraChange } from "../generated/CameraChange.js";
import type { CameraList } from "../generated/CameraList.js";
import type { Delivery } from "../generated/Delivery.js";
import type { DeliveryList } from "../generated/DeliveryList.js";
import type { DeliveryState } from "../generated/DeliveryState.js";
import type { Encoding } from "../generated/Encoding.js";
import type { EncodingList } from "../generated/EncodingList.js";
import type { NewCamera } from "../generated/NewCamera.js";
import type { NewWebhook } from "../generated/NewWebhook.js";
import type { Person } from "../generated/Person.js";
import type { Receipt } from "../generated/Receipt.js";
import type { Replay } from "../generated/Replay.js";
import type { Replayed } from "../generated/Replayed.js";
import type { TicketAnswer } from "../generated/TicketAnswer.js";
import type { TicketRequest } from "../generated/TicketRequest.js";
import type { VerifyAnswer } from "../generated/VerifyAnswer.js";
import type { Webhook } from "../generated/Webhook.js";
import type { WebhookChange } from "../generated/WebhookChange.js";
import type { WebhookList } from "../generated/WebhookList.js";
import type { WebhookWithSecret } from "../generated/WebhookWithSecret.js";
import { RelayApi } from "./api.js";
import { RestChannel } from "./rest.js";
import { Token } from "./token.js";

/** Choices for {@link RelayAdmin}. */
export interface RelayAdminOptions {
  /** The relay's address, such as `https://relay.example`. */
  readonly url: string;
  /** The relay's key, if it wants one. */
  readonly apiKey?: string | undefined;
  /** How long a request may take, in milliseconds; 10000 by default. */
  readonly requestTimeoutMs?: number | undefined;
}

/** Choices for a page of deliveries. */
export interface DeliveriesPage {
  readonly state?: DeliveryState;
  /** 1 to 1000. */
  readonly limit?: number;
  /** The `next_before` of the page before. */
  readonly before?: number;
}

/**
 * The whole of the relay's REST API, for an app's server. It holds nothing open: make one wherever it is needed.
 *
 * Errors are `RostroError`s with the relay's own codes, or `relay-unreachable`, `busy`.
 */
export class RelayAdmin extends RelayApi {
  constructor({ url, apiKey, requestTimeoutMs = 10_000 }: RelayAdminOptions) {
    if (!URL.canParse(url)) {
      throw new RostroError("invalid-request", "the relay's address is no URL", { field: "url" });
    }
    const closed = new AbortController().signal;
    super(new RestChannel({ url, token: new Token({ apiKey }), timeoutMs: requestTimeoutMs, closed }));
  }

  /** A ticket for a page, which sends it in place of the key. */
  async ticket(request: TicketRequest): Promise<TicketAnswer> {
    return this.rest.json({ method: "POST", path: "v1/tickets", body: request });
  }

  /** A person; rejects with `not-found` if there is no such id. */
  async person(id: string): Promise<Person> {
    return this.rest.json({ method: "GET", path: person(id) });
  }

  /** A person's encodings: their models, times and origins, never their numbers. */
  async encodings(personId: string): Promise<Encoding[]> {
    const { encodings }: EncodingList = await this.rest.json({ method: "GET", path: `${person(personId)}/encodings` });
    return encodings;
  }

  /** Forgets one encoding of a person. */
  async removeEncoding(personId: string, encodingId: number): Promise<void> {
    await this.rest.send({ method: "DELETE", path: `${person(personId)}/encodings/${encodingId}` });
  }

  /** Whether a face, by its embeddings, is that person's (1:1). Nothing is stored. */
  async verify(
    personId: string,
    embeddings: readonly { readonly model: string; readonly embedding: ArrayLike<number> }[],
  ): Promise<VerifyAnswer> {
    const body = { embeddings: embeddings.map(({ model, embedding }) => ({ model, embedding: Array.from(embedding) })) };
    return this.rest.json({ method: "POST", path: `${person(personId)}/verify`, body });
  }

  /** The receipt of a capture; rejects with `not-found` if it never came. */
  async capture(captureId: string): Promise<Receipt> {
    return this.rest.json({ method: "GET", path: `v1/captures/${encodeURIComponent(captureId)}` });
  }

  /** Every camera, `default` first, each with how it is. */
  async cameras(): Promise<Camera[]> {
    const { cameras }: CameraList = await this.rest.json({ method: "GET", path: "v1/cameras" });
    return cameras;
  }

  /** A camera; rejects with `not-found` if there is no such id. */
  async camera(id: string): Promise<Camera> {
    return this.rest.json({ method: "GET", path: camera(id) });
  }

  /**
   * Adds a camera: with a `stream_url` the relay reads it from then on, without one a browser drives it. Its login is never
   * told again. Rejects with `address-refused` for one that may not be called, and with `conflict` where the id is taken.
   */
  async createCamera(camera: NewCamera): Promise<Camera> {
    return this.rest.json({ method: "POST", path: "v1/cameras", body: camera });
  }

  /** Changes what is given of a camera and leaves the rest; `enabled` switches it on or off. As it is then. */
  async changeCamera(id: string, change: CameraChange): Promise<Camera> {
    return this.rest.json({ method: "PATCH", path: camera(id), body: change });
  }

  /** Removes a camera; what it saw stays. `default` cannot be removed: rejects with `conflict`. */
  async removeCamera(id: string): Promise<void> {
    await this.rest.send({ method: "DELETE", path: camera(id) });
  }

  /**
   * The pictures of a camera that the relay reads, with boxes and names, as the relay's own answer: a body without end, in the
   * `multipart/x-mixed-replace` that an `<img>` shows, to be passed on by a route that keeps the key to itself. Abort `signal`
   * when whoever watches is gone: viewers are counted. Rejects with `busy` where there are as many as may be.
   */
  async cameraFeed(id: string, { signal }: { signal?: AbortSignal } = {}): Promise<Response> {
    return this.rest.stream({ method: "GET", path: `${camera(id)}/feed`, signal });
  }

  /** The next picture of a camera that the relay reads, as JPEG; rejects with `no-picture` where none comes in time. */
  async cameraSnapshot(id: string, { signal }: { signal?: AbortSignal } = {}): Promise<Blob> {
    const response = await this.rest.send({ method: "GET", path: `${camera(id)}/snapshot`, signal });
    return response.blob();
  }

  /** Who is told of events, the receiver of the relay's own settings among them. */
  async webhooks(): Promise<Webhook[]> {
    const { webhooks }: WebhookList = await this.rest.json({ method: "GET", path: "v1/webhooks" });
    return webhooks;
  }

  /** Adds a receiver; its secret is told this once. Rejects with `address-refused` for one that may not be called. */
  async addWebhook(webhook: NewWebhook): Promise<WebhookWithSecret> {
    return this.rest.json({ method: "POST", path: "v1/webhooks", body: webhook });
  }

  /** Changes what is given of a receiver and leaves the rest. */
  async changeWebhook(id: string, change: WebhookChange): Promise<Webhook> {
    return this.rest.json({ method: "PATCH", path: webhook(id), body: change });
  }

  /** Removes a receiver, and what waited for it. */
  async removeWebhook(id: string): Promise<void> {
    await this.rest.send({ method: "DELETE", path: webhook(id) });
  }

  /** Gives a receiver another secret; deliveries are signed with both for a day. */
  async rotateWebhookSecret(id: string): Promise<WebhookWithSecret> {
    return this.rest.json({ method: "POST", path: `${webhook(id)}/secret` });
  }

  /** What was, is and will be sent to a receiver, newest first, and where the next page begins. */
  async deliveries(
    webhookId: string,
    { state, limit, before }: DeliveriesPage = {},
  ): Promise<{ deliveries: Delivery[]; nextBefore: number | null }> {
    const query = new URLSearchParams();
    if (state !== undefined) query.set("state", state);
    if (limit !== undefined) query.set("limit", String(limit));
    if (before !== undefined) query.set("before", String(before));
    const path = `${webhook(webhookId)}/deliveries?${query}`;
    const { deliveries, next_before }: DeliveryList = await this.rest.json({ method: "GET", path });
    return { deliveries, nextBefore: next_before };
  }

  /** Sends again what `replay` chooses; how many deliveries that are. */
  async replay(webhookId: string, replay: Replay): Promise<number> {
    const path = `${webhook(webhookId)}/replay`;
    const { replayed }: Replayed = await this.rest.json({ method: "POST", path, body: replay });
    return replayed;
  }
}

const person = (id: string) => `v1/people/${encodeURIComponent(id)}`;
const camera = (id: string) => `v1/cameras/${encodeURIComponent(id)}`;
const webhook = (id: string) => `v1/webhooks/${encodeURIComponent(id)}`;
