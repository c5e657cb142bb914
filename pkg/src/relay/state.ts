/** How one channel to the relay is. */
export type ChannelState = "connecting" | "up" | "down";

/** How both channels are, and what waits for them. */
export interface RelayState {
  /** REST: by the last answer; `connecting` before the first. */
  readonly rest: ChannelState;
  /** Socket.IO: by its connection. */
  readonly socket: ChannelState;
  /** Reports that could not be sent at once and are tried again. */
  readonly waiting: number;
  /**
   * Whether the camera that this client reports as, one without an address, was switched off at the relay, as by
   * `POST /api/stop`: hooks and components report nothing until it is switched on again.
   */
  readonly paused: boolean;
}
