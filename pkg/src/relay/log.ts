/** What happens on the channels, for whoever looks for a fault. */
import type { Channel } from "../generated/Channel.js";
import type { ErrorCode } from "../generated/ErrorCode.js";
import type { ChannelState } from "./state.js";

/** One line: a channel changed its state, or a report was acknowledged or failed on it. No name, no embedding, no key. */
export type ChannelEntry = ChannelChange | ChannelAnswer;

/** A channel has another state. */
export interface ChannelChange {
  readonly at: Date;
  readonly channel: Channel;
  readonly event: ChannelState;
}

/** What became of one try to send a report by one channel. */
export interface ChannelAnswer {
  readonly at: Date;
  readonly channel: Channel;
  readonly event: "acknowledged" | "failed";
  /** The same on both channels. */
  readonly captureId: string;
  /** From the sending to the answer, or to the end of patience, in milliseconds. */
  readonly ms: number;
  /** Why it failed. */
  readonly code?: ErrorCode;
}
