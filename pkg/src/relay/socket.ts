import { io, type Socket } from "socket.io-client";
import { RostroError } from "../errors.js";
import type { Event as RelayEvent } from "../generated/Event.js";
import type { Receipt } from "../generated/Receipt.js";
import type { Report } from "../generated/Report.js";
import type { ReportAck } from "../generated/ReportAck.js";
import type { ChannelState } from "./state.js";

/** What the relay sends that this client listens to. */
interface FromRelay {
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
  readonly apiKey: string | undefined;
  readonly ackTimeoutMs: number;
  readonly onState: (state: ChannelState) => void;
  readonly onEvent: (event: RelayEvent) => void;
  /** The gallery changed, or may have while the connection was down. */
  readonly onGalleryChange: () => void;
}

/** The relay's Socket.IO side; it connects again by itself until closed. */
export class SocketChannel {
  readonly #socket: Socket<FromRelay, ToRelay>;
  readonly #ackTimeoutMs: number;

  constructor({ url, apiKey, ackTimeoutMs, onState, onEvent, onGalleryChange }: SocketOptions) {
    const { origin, pathname } = new URL(url);
    this.#ackTimeoutMs = ackTimeoutMs;
    this.#socket = io(origin, {
      path: `${pathname.replace(/\/$/, "")}/socket.io`,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      forceNew: true,
      ...(apiKey === undefined ? {} : { auth: { token: apiKey } }),
    });
    let before = false;
    this.#socket.on("connect", () => {
      onState("up");
      if (before) onGalleryChange();
      before = true;
    });
    this.#socket.on("disconnect", () => onState("down"));
    this.#socket.on("connect_error", () => onState("down"));
    this.#socket.io.on("reconnect_attempt", () => onState("connecting"));
    this.#socket.on("event", onEvent);
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
    this.#socket.disconnect();
    this.#socket.removeAllListeners();
    this.#socket.io.removeAllListeners();
  }
}
