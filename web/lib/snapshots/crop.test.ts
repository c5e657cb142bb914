import { expect, it } from "vitest";

import { squareAround } from "./crop";

it("the face is in the middle of its square, with some of what is around it", () => {
  const square = squareAround({ top: 100, right: 300, bottom: 400, left: 100 });
  expect(square).toEqual({ side: 480, left: -40, top: 10 });
});
