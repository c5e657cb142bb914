import { abortable, RostroError, rostroError } from "../errors.js";
import type { Camera } from "../generated/Camera.js";
import type { Event as RelayEvent } from "../generated/Event.js";
import type { Receipt } from "../generated/Receipt.js";
import type { Report } from "../generated/Report.js";
import { Listeners } from "../listeners.js";
import { randomId } from "../random-id.js";
import { RelayApi } from "./api.js";
import type { Channel } from "../generated/Channel.js";
import { KeptReports } from "./kept.js";
import type { ChannelAnswer, ChannelEntry } from "./log.js";
import { Outbox } from "./outbox.js";
import { dataUrl, reportedFace, type ReportableFace } from "./report.js";
import { RestChannel } from "./rest.js";
import { mayPass } from "./retry.js";
import { SocketChannel } from "./socket.js";
import type { RelayState } from "./state.js";
import { Token } from "./token.js";

/** How old a report may grow before it is given up, in milliseconds, unless an application says otherwise. */
export const REPORT_LIFETIME_MS = 60_000;

/** How many reports may wait, unless an application says otherwise. */
export const PENDING_REPORTS_MAX = 100;

/** Choices for a {@link RelayClient}; all but `url` may be left out. */
export interface RelayOptions {
  /** The relay's address, such as `https://relay.example`. */
  url: string;
  /** The relay's key. Only for pages whose users may hold it: whoever reads the page reads the key. */
  apiKey?: string;
  /**
   * Gets a ticket, which is sent in place of a key: for pages. Called again whenever the relay wants another. See
   * `ticketFrom`, and `createTicketRoute` of `rostro/next`.
   */
  ticket?: () => Promise<string>;
  /** The name of this camera, sent with every report. */
  cameraId?: string;
  /** Sends every report by both channels, with one `capture_id`: the relay counts it once. `false` by default. */
  hybrid?: boolean;
  /** How long the ack of a report may take, in milliseconds; 5000 by default. */
  ackTimeoutMs?: number;
  /** How long a REST request may take, in milliseconds; 10000 by default. */
  requestTimeoutMs?: number;
  /**
   * Keeps reports that wait in the browser's IndexedDB, embeddings among them, so that a reload does not lose them: until
   * they arrive, are refused or grow too old. `true` by default; `false` keeps them in memory alone.
   */
  keepReports?: boolean;
  /** How old a report may grow before it is given up, in milliseconds; {@link REPORT_LIFETIME_MS} by default. */
  reportLifetimeMs?: number;
  /** How often a report is tried; 12 by default. */
  reportAttempts?: number;
  /** How many reports may wait; {@link PENDING_REPORTS_MAX} by default. */
  maxPendingReports?: number;
}

/** Choices for one report. */
export interface ReportOptions {
  /** When it was seen; now, if left out. */
  capturedAt?: Date;
  /** An id made earlier, to report the same capture again. */
  captureId?: string;
  /**
   * The frame that the boxes lie in, as JPEG, PNG or WebP, for a relay that judges by pictures (`verify` of
   * {@link RelayApi.settings}). It leaves the device with the report; the relay measures it and does not keep it.
   */
  picture?: Blob;
  /** Sends it by both channels, or by one, whatever the client's own `hybrid` says. */
  hybrid?: boolean;
  /** Gives the report up. */
  signal?: AbortSignal;
}

/** A report that will not arrive. */
export interface GivenUp {
  readonly captureId: string;
  readonly error: RostroError;
}

/**
 * Talks to a relay by Socket.IO and REST. Connects at once, and again whenever the connection is lost.
 *
 * Every promise settles; errors are `RostroError`s with the relay's own codes, or `relay-unreachable`, `busy`,
 * `aborted`, `closed`.
 */
export class RelayClient extends RelayApi {
  readonly #options: RelayOptions;
  readonly #closing: AbortController;
  readonly #socket: SocketChannel;
  readonly #outbox: Outbox;
  readonly #kept: KeptReports | undefined;
  readonly #onState = new Listeners<[RelayState]>();
  readonly #onEvent = new Listeners<[RelayEvent]>();
  readonly #onCamera = new Listeners<[Camera]>();
  readonly #onCameraRemoved = new Listeners<[string]>();
  readonly #onGalleryChange = new Listeners<[]>();
  readonly #onReceipt = new Listeners<[Receipt]>();
  readonly #onGivenUp = new Listeners<[GivenUp]>();
  readonly #onLog = new Listeners<[ChannelEntry]>();
  /** The camera of the relay that is this page's, while it is switched off. */
  #pausing: string | undefined;
  #state: RelayState = { rest: "connecting", socket: "connecting", waiting: 0, paused: false };

  constructor(options: RelayOptions) {
    if (!URL.canParse(options.url)) {
      throw new RostroError("invalid-request", "the relay's address is no URL", { field: "url" });
    }
    const { url } = options;
    const closing = new AbortController();
    const token = new Token(options);
    let told: (state: RelayState["rest"]) => void = () => undefined;
    super(
      new RestChannel({
        url,
        token,
        timeoutMs: options.requestTimeoutMs ?? 10_000,
        closed: closing.signal,
        onState: (rest) => told(rest),
      }),
    );
    told = (rest) => this.#changed("rest", { rest });
    this.#closing = closing;
    this.#options = { ...options };
    this.#outbox = new Outbox({
      limits: { lifetimeMs: options.reportLifetimeMs ?? REPORT_LIFETIME_MS, attempts: options.reportAttempts ?? 12 },
      maxPending: options.maxPendingReports ?? PENDING_REPORTS_MAX,
      onWaiting: (waiting) => this.#change({ waiting }),
    });
    this.#socket = new SocketChannel({
      url,
      token,
      ackTimeoutMs: options.ackTimeoutMs ?? 5_000,
      onState: (socket) => {
        this.#changed("socket", { socket });
        if (socket !== "up") return;
        // It may have been switched on meanwhile, and nobody would tell.
        this.#pausedBy(undefined);
        this.#outbox.retryNow();
        void this.#takeOver();
      },
      onEvent: (event) => this.#onEvent.emit(event),
      onCamera: (camera) => {
        const isOurs = isDrivenAs(camera, options.cameraId);
        if (isOurs || this.#pausing === camera.id) this.#pausedBy(isOurs && !camera.enabled ? camera.id : undefined);
        this.#onCamera.emit(camera);
      },
      onCameraRemoved: (id) => {
        // Who reports as one that the relay does not know is not steered.
        if (this.#pausing === id) this.#pausedBy(undefined);
        this.#onCameraRemoved.emit(id);
      },
      onGalleryChange: () => this.#onGalleryChange.emit(),
    });
    this.#kept = options.keepReports === false ? undefined : new KeptReports(url);
    void this.#takeOver();
  }

  /** How both channels are, how many reports wait, and whether the relay wants any of this camera. */
  get state(): RelayState {
    return this.#state;
  }

  /** Reports that wait to be sent, or to be acknowledged. */
  get pendingReports(): number {
    return this.#outbox.pending;
  }

  /**
   * Reports the faces of one capture and resolves once it is on the relay's disk. By the socket where it is
   * connected, else by REST; by both with `hybrid`. What gets no answer is sent again, under the same id. If the page is
   * left before that, the next one of this site sends it, see {@link RelayOptions.keepReports}.
   */
  async report(faces: readonly ReportableFace[], options: ReportOptions = {}): Promise<Receipt> {
    if (faces.length === 0) throw new RostroError("no-face", "a report holds at least one face", { field: "faces" });
    const { cameraId } = this.#options;
    const picture = options.picture === undefined ? {} : { picture: await dataUrl(options.picture) };
    const report: Report = {
      capture_id: options.captureId ?? randomId(),
      ...(cameraId === undefined ? {} : { camera_id: cameraId }),
      captured_at: (options.capturedAt ?? new Date()).toISOString(),
      faces: faces.map(reportedFace),
      ...picture,
    };
    return abortable(options.signal, this.#deliver(report, options));
  }

  async #deliver(report: Report, { hybrid, signal }: ReportOptions): Promise<Receipt> {
    const madeAt = Date.now();
    // It is kept before it is first sent; a browser that cannot keep it sends it all the same.
    const kept = this.#kept?.keep(report, madeAt);
    const send = async () => {
      await kept;
      return this.#send(report, hybrid);
    };
    return this.#settled(report, this.#outbox.deliver(send, signal));
  }

  /** Sends what an earlier page, or a client that was closed, left behind. */
  async #takeOver(): Promise<void> {
    const left = (await this.#kept?.takeOver().catch(() => undefined)) ?? [];
    const lifetimeMs = this.#outbox.lifetimeMs;
    for (const { report, madeAt } of left) {
      const isStale = Date.now() - madeAt > lifetimeMs;
      const sent = isStale
        ? Promise.reject(new RostroError("relay-unreachable", "the report grew too old before it could be sent"))
        : this.#outbox.resume(() => this.#send(report), madeAt);
      // Whoever made it is gone; the listeners are told.
      this.#settled(report, sent).catch(() => undefined);
    }
  }

  /** Tells how it ended, and keeps the report no longer; only a client that is closed leaves it to the next one. */
  async #settled(report: Report, sent: Promise<Receipt>): Promise<Receipt> {
    try {
      const receipt = await sent;
      await this.#kept?.forget(report.capture_id);
      this.#onReceipt.emit(receipt);
      return receipt;
    } catch (cause) {
      const error = rostroError(cause);
      if (error.code === "closed") throw error;
      await this.#kept?.forget(report.capture_id);
      this.#onGivenUp.emit({ captureId: report.capture_id, error });
      throw error;
    }
  }

  #send(report: Report, hybrid = this.#options.hybrid): Promise<Receipt> {
    return hybrid === true ? this.#sendByBoth(report) : this.#sendByOne(report);
  }

  /** Calls `listener` with every result that the relay stores from now on; the returned function ends that. */
  onEvent(listener: (event: RelayEvent) => void): () => void {
    return this.#onEvent.add(listener);
  }

  /**
   * Calls `listener` with every camera of the relay that changes from now on: that is changed or switched, or that connects,
   * stalls or comes back; and, as the socket connects, with those that are off (the default one only once somebody has
   * switched it on or off). Only clients that are told of events are told of cameras.
   */
  onCamera(listener: (camera: Camera) => void): () => void {
    return this.#onCamera.add(listener);
  }

  /** Calls `listener` with the id of every camera that is removed from the relay from now on. */
  onCameraRemoved(listener: (id: string) => void): () => void {
    return this.#onCameraRemoved.add(listener);
  }

  /** Calls `listener` when the gallery changed, or may have while the socket was down. */
  onGalleryChange(listener: () => void): () => void {
    return this.#onGalleryChange.add(listener);
  }

  /** Calls `listener` for every report that is on the relay's disk, those of earlier pages among them. */
  onReceipt(listener: (receipt: Receipt) => void): () => void {
    return this.#onReceipt.add(listener);
  }

  /** Calls `listener` for every report that was refused, given up by its caller, or grew too old. */
  onGivenUp(listener: (report: GivenUp) => void): () => void {
    return this.#onGivenUp.add(listener);
  }

  /** Calls `listener` when a channel comes up or goes down, when more or fewer reports wait, and when this camera is paused. */
  onState(listener: (state: RelayState) => void): () => void {
    return this.#onState.add(listener);
  }

  /**
   * Calls `listener` with what happens on either channel: how it is, and each try to send a report, with its `capture_id` and time.
   * For a console or a log file; it tells nothing of the person.
   */
  onLog(listener: (entry: ChannelEntry) => void): () => void {
    return this.#onLog.add(listener);
  }

  /** Ends both channels; whatever waits is rejected with `closed`, and left to the next client. May be called again. */
  close(): void {
    this.#onReceipt.clear();
    this.#onGivenUp.clear();
    this.#onState.clear();
    this.#onLog.clear();
    this.#onEvent.clear();
    this.#onCamera.clear();
    this.#onCameraRemoved.clear();
    this.#onGalleryChange.clear();
    this.#closing.abort();
    this.#outbox.close();
    this.#socket.close();
    this.#kept?.close();
  }

  async #sendByOne(report: Report): Promise<Receipt> {
    if (!this.#socket.isUp) return this.#sendByRest(report);
    try {
      return await this.#sendBySocket(report);
    } catch (error) {
      if (error instanceof RostroError && mayPass(error.code)) return this.#sendByRest(report);
      throw error;
    }
  }

  /** Where both arrive, the later receipt names both channels; where one does, that is enough. */
  async #sendByBoth(report: Report): Promise<Receipt> {
    const [rest, socket] = await Promise.allSettled([this.#sendByRest(report), this.#sendBySocket(report)]);
    if (rest.status === "fulfilled" && socket.status === "fulfilled") {
      return socket.value.hybrid && !rest.value.hybrid ? socket.value : rest.value;
    }
    if (rest.status === "fulfilled") return rest.value;
    if (socket.status === "fulfilled") return socket.value;
    throw rest.reason;
  }

  async #sendByRest(report: Report): Promise<Receipt> {
    return this.#logged("rest", report, this.rest.json({ method: "POST", path: "v1/reports", body: report }));
  }

  async #sendBySocket(report: Report): Promise<Receipt> {
    return this.#logged("socket", report, this.#socket.report(report));
  }

  async #logged(channel: Channel, { capture_id }: Report, sent: Promise<Receipt>): Promise<Receipt> {
    const begun = performance.now();
    const log = (outcome: Pick<ChannelAnswer, "event" | "code">) => {
      const ms = Math.round(performance.now() - begun);
      this.#onLog.emit({ at: new Date(), channel, captureId: capture_id, ms, ...outcome });
    };
    try {
      const receipt = await sent;
      log({ event: "acknowledged" });
      return receipt;
    } catch (cause) {
      log({ event: "failed", code: rostroError(cause).code });
      throw cause;
    }
  }

  #changed(channel: Channel, part: Pick<RelayState, "rest"> | Pick<RelayState, "socket">): void {
    const before = this.#state;
    this.#change(part);
    const [then, now] = channel === "rest" ? [before.rest, this.#state.rest] : [before.socket, this.#state.socket];
    if (then !== now) this.#onLog.emit({ at: new Date(), channel, event: now });
  }

  #pausedBy(camera: string | undefined): void {
    this.#pausing = camera;
    this.#change({ paused: camera !== undefined });
  }

  #change(part: Partial<RelayState>): void {
    const state = { ...this.#state, ...part };
    const before = this.#state;
    const isSame =
      state.rest === before.rest &&
      state.socket === before.socket &&
      state.waiting === before.waiting &&
      state.paused === before.paused;
    if (isSame) return;
    this.#state = state;
    this.#onState.emit(state);
  }
}

/** Whether a client that reports as `cameraId` is what drives that camera: it has no address, and events know both by one name. */
export function isDrivenAs(camera: Pick<Camera, "camera_id" | "stream_url">, cameraId: string | undefined): boolean {
  return camera.stream_url === null && camera.camera_id === (cameraId ?? null);
}
