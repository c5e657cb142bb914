/** The part of a camera's picture in which faces count, drawn as a rectangle. */
import type { Corner } from "./cameras";

/** Sides as fractions of width and height, from the top left. */
export interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What a rectangle is moved by: top left, or bottom right. */
export type Handle = "first" | "last";

/** Narrower and lower than this no face would fit. */
const SIDE_MIN = 0.05;

/** Most of a picture, to begin with. */
export const FIRST_RECTANGLE: Rectangle = { left: 0.1, top: 0.1, right: 0.9, bottom: 0.9 };

/** The rectangle that a zone is; `null` for the whole picture and for other shapes. */
export function rectangleOf(zone: readonly Corner[] | null): Rectangle | null {
  if (zone?.length !== 4) return null;
  const [lefts, tops] = [zone.map(([x]) => x), zone.map(([, y]) => y)];
  const sides = { left: Math.min(...lefts), top: Math.min(...tops), right: Math.max(...lefts), bottom: Math.max(...tops) };
  const wanted = new Set(cornersOf(sides).map(String));
  return wanted.size === 4 && zone.every((corner) => wanted.delete(String(corner))) && isAround(zone) ? sides : null;
}

/** Neighbours share a side; a bow tie has the same corners. */
function isAround(zone: readonly Corner[]): boolean {
  return zone.every(([x, y], index) => {
    const [nextX, nextY] = zone[(index + 1) % zone.length] ?? [x, y];
    return (x === nextX) !== (y === nextY);
  });
}

/** The corners of a rectangle, clockwise from the top left, to four decimals. */
export function cornersOf({ left, top, right, bottom }: Rectangle): Corner[] {
  const corners: Corner[] = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
  return corners.map(([x, y]) => [rounded(x), rounded(y)]);
}

/** The rectangle between two places, within the picture and large enough for a face. */
export function between([ax, ay]: Corner, [bx, by]: Corner): Rectangle {
  const [left, right] = side(ax, bx);
  const [top, bottom] = side(ay, by);
  return { left, top, right, bottom };
}

/** The rectangle with one of its corners moved by so much. */
export function moved({ left, top, right, bottom }: Rectangle, handle: Handle, [dx, dy]: Corner): Rectangle {
  if (handle === "first") {
    return { left: within(left + dx, 0, right - SIDE_MIN), top: within(top + dy, 0, bottom - SIDE_MIN), right, bottom };
  }
  return { left, top, right: within(right + dx, left + SIDE_MIN, 1), bottom: within(bottom + dy, top + SIDE_MIN, 1) };
}

function side(a: number, b: number): [low: number, high: number] {
  const low = within(Math.min(a, b), 0, 1 - SIDE_MIN);
  return [low, within(Math.max(a, b), low + SIDE_MIN, 1)];
}

function within(value: number, low: number, high: number): number {
  return rounded(Math.min(Math.max(value, low), high));
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
