/** How large a picture of a face is, and how many there may be. */

/** Side of the square that pages send, in pixels. */
export const SNAPSHOT_SIDE_PX = 256;

/** Longest side that is taken, in pixels. */
export const SNAPSHOT_SIDE_MAX_PX = 512;

/** Most bytes of one picture; such a square as JPEG has about 15,000. */
export const SNAPSHOT_MAX_BYTES = 60_000;

/** Most that one account may send in a minute: more faces than a door sees. */
export const SNAPSHOTS_A_MINUTE = 120;

/** Most that are kept, of all cameras together; the oldest give way. */
export const SNAPSHOTS_KEPT_MAX = 20_000;

/** How long a picture waits for the event that it belongs to, in milliseconds. */
export const SNAPSHOT_WAITS_MS = 3_600_000;
