import { expect, it } from "vitest";

import { inTurn } from "./in-turn";

it("runs one after the other, and goes on after one that failed", async () => {
  const said: string[] = [];
  const work = (name: string) => async () => {
    said.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (name === "b") throw new Error("b fails");
    said.push(`${name} ends`);
    return name;
  };
  const answers = await Promise.allSettled(["a", "b", "c"].map((name) => inTurn(work(name))));
  expect(said).toEqual(["a begins", "a ends", "b begins", "c begins", "c ends"]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});
