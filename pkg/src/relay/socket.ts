import { io, type Socket } from "socket.io-client";
import { RostroError } from "../errors.js";
import type { Camera } from "../generated/Camera.js";
import type { Event as RelayEvent } from "../generated/Event.js";
import type { Receipt } from "../generated/Receipt.js";
import type { Report } from "../generated/Report.js";
import type { ReportAck } from "../generated/ReportAck.js";
import type { ChannelState } from "./state.js";
import type { Token } from "./token.js";

/** How long after a refusal another ticket is tried: twice as long each time, up to the last. */
const RENEWED_AFTER_MS = 1_000;
const RENEWED_AFTER_AT_MOST_MS = 30_000;

/** What the relay sends that this client listens to. */
interface FromRelay {
  camera: (camera: Camera) => void;
  camera_removed: (removed: { id: string }) => void;
  event: (event: RelayEvent) => void;
  gallery: (change: { version: number }) => void;
}

/** What this client sends. */
interface ToRelay {
  report: (report: Report, ack: (answer: ReportAck) => void) => void;
}

/** What a {@link SocketChannel} needs to know. */
export interface SocketOptions {
  /** The relay's address; a path in front of `/socket.io` is kept. */
  readonly url: string;
  readonly token: Token;
  readonly ackTimeoutMs: number;
  readonly onState: (state: ChannelState) => void;
  readonly onEvent: (event: RelayEvent) => void;
  /** A camera changed, in what it is or how it is. */
  readonly onCamera: (camera: Camera) => void;
  /** The camera of that id was removed. */
  readonly onCameraRemoved: (id: string) => void;
  /** The gallery changed, or may have while the connection was down. */
  readonly onGalleryChange: () => void;
}

/** The relay's Socket.IO side; it connects again by itself until closed. */
export class SocketChannel {
  readonly #socket: Socket<FromRelay, ToRelay>;
  readonly #ackTimeoutMs: number;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor({ url, token, ackTimeoutMs, onState, onEvent, onCamera, onCameraRemoved, onGalleryChange }: SocketOptions) {
    const { origin, pathname } = new URL(url);
    this.#ackTimeoutMs = ackTimeoutMs;
    let offered: string | undefined;
    this.#socket = io(origin, {
      path: `${pathname.replace(/\/$/, "")}/socket.io`,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      forceNew: true,
      // Asked at every connection: a ticket may have run out since.
      auth: (tell) => {
        token.get().then(
          (sent) => {
            offered = sent;
            tell(sent === undefined ? {} : { token: sent });
          },
          () => tell({}),
        );
      },
    });
    let before = false;
    let pauseMs = RENEWED_AFTER_MS;
    this.#socket.on("connect", () => {
      onState("up");
      pauseMs = RENEWED_AFTER_MS;
      if (before) onGalleryChange();
      before = true;
    });
    const again = () => {
      if (!token.renew(offered)) return;
      clearTimeout(this.#again);
      this.#again = setTimeout(() => this.#socket.connect(), pauseMs);
      pauseMs = Math.min(2 * pauseMs, RENEWED_AFTER_AT_MOST_MS);
    };
    this.#socket.on("disconnect", (reason) => {
      onState("down");
      // A ticket ran out. The client comes back by itself from every other end.
      if (reason === "io server disconnect") again();
    });
    this.#socket.on("connect_error", () => {
      onState("down");
      // The relay refused; where there was no answer the client tries again by itself.
      if (!this.#socket.active) again();
    });
    this.#socket.io.on("reconnect_attempt", () => onState("connecting"));
    this.#socket.on("event", onEvent);
    this.#socket.on("camera", onCamera);
    this.#socket.on("camera_removed", ({ id }) => onCameraRemoved(id));
    this.#socket.on("gallery", () => onGalleryChange());
  }

  /** Whether a report can be sent now. */
  get isUp(): boolean {
    return this.#socket.connected;
  }

  /** Sends a report; resolves with the relay's receipt, rejects with its refusal or `relay-unreachable`. */
  async report(report: Report): Promise<Receipt> {
    if (!this.isUp) throw new RostroError("relay-unreachable", "the socket to the relay is not connected");
    const ack = await this.#socket
      .timeout(this.#ackTimeoutMs)
      .emitWithAck("report", report)
      .catch((cause: unknown) => {
        throw new RostroError("relay-unreachable", "the relay did not acknowledge the report in time", { cause });
      });
    if ("receipt" in ack) return ack.receipt;
    throw RostroError.from(ack.error);
  }

  /** Ends the connection for good. */
  close(): void {
    clearTimeout(this.#again);
    this.#socket.disconnect();
    this.#socket.removeAllListeners();
    this.#socket.io.removeAllListeners();
  }
}
