/** Says whether bytes are a JPEG, by the format's own markers. Nothing is decoded. */

/** A picture's size in pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

const PREFIX = 0xff;
const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
/** Start-of-frame markers lie from 0xC0 to 0xCF; these three between them are tables. */
const NO_FRAMES: readonly number[] = [0xc4, 0xc8, 0xcc];

/** The size that a JPEG says it has; `null` for bytes that are none, or none from beginning to end. */
export function jpegSize(bytes: Uint8Array): PictureSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const marks = (at: number, marker: number) =>
    at + 1 < bytes.length && bytes[at] === PREFIX && bytes[at + 1] === marker;
  if (!marks(0, START) || !marks(bytes.length - 2, END)) return null;
  // Segments: a marker, then a length that counts itself. The frame's comes before the first scan.
  for (let at = 2; at + 9 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== PREFIX || marker === SCAN || view.getUint16(at + 2) < 2) return null;
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.includes(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
  }
  return null;
}
