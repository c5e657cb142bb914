import { describe, expect, it } from "vitest";

import type { Corner } from "./cameras";
import { between, cornersOf, FIRST_RECTANGLE, moved, rectangleOf, type Rectangle } from "./zone";

const HALF: Rectangle = { left: 0.25, top: 0, right: 0.75, bottom: 1 };

describe("rectangleOf", () => {
  it("takes what cornersOf gives, from whichever corner and in either direction", () => {
    for (const rectangle of [HALF, FIRST_RECTANGLE]) {
      const corners = cornersOf(rectangle);
      for (let turn = 0; turn < 4; turn++) {
        corners.push(corners.shift() ?? [0, 0]);
        expect(rectangleOf(corners)).toEqual(rectangle);
        expect(rectangleOf(corners.toReversed())).toEqual(rectangle);
      }
    }
  });

  it.each<[string, Corner[] | null]>([
    ["the whole picture", null],
    ["a triangle", [[0, 0], [1, 0], [1, 1]]],
    ["a tilted square", [[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]]],
    ["a bow tie", [[0, 0], [1, 1], [1, 0], [0, 1]]],
    ["a line", [[0, 0], [1, 0], [1, 0], [0, 0]]],
  ])("does not take %s", (_, zone) => expect(rectangleOf(zone)).toBeNull());
});

it.each<[Corner, Corner, Rectangle]>([
  [[0.8, 0.7], [0.2, 0.1], { left: 0.2, top: 0.1, right: 0.8, bottom: 0.7 }],
  [[-1, 0.5], [2, 3], { left: 0, top: 0.5, right: 1, bottom: 1 }],
  [[0.5, 0.5], [0.5, 0.5], { left: 0.5, top: 0.5, right: 0.55, bottom: 0.55 }],
  [[1, 1], [1, 1], { left: 0.95, top: 0.95, right: 1, bottom: 1 }],
])("between %j and %j is %j", (a, b, rectangle) => expect(between(a, b)).toEqual(rectangle));

it("is moved by a corner, never over the other nor out of the picture", () => {
  expect(moved(HALF, "first", [0.1, 0.1])).toEqual({ ...HALF, left: 0.35, top: 0.1 });
  expect(moved(HALF, "first", [-1, 5])).toEqual({ ...HALF, left: 0, top: 0.95 });
  expect(moved(HALF, "last", [-5, 1])).toEqual({ ...HALF, right: 0.3, bottom: 1 });
});
