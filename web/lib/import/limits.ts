/** How much an import may be. */

/** Most bytes of one file. */
export const FILE_MAX_BYTES = 50 * 1024 * 1024;
/** Most rows of one file. */
export const ROWS_MAX = 100_000;

/** Most of `encodings.npy`'s rows that one request brings. */
export const BATCH_ROWS_MAX = 1_500;
/** Most of them of one name: what the relay takes at a time. */
export const ITEM_ROWS_MAX = 100;
/** Most lines and names that one request brings. */
export const BATCH_ITEMS_MAX = 1_500;
/** Most bytes of a request: the rows in base64 take a megabyte, and a line has at most six texts of 200 characters. */
export const BATCH_MAX_BYTES = 8 * 1024 * 1024;
