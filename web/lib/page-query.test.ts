import { expect, it } from "vitest";

import { pageQuery } from "./page-query";

it("keeps what is repeated and leaves out what is missing", () => {
  const query = pageQuery({ state: ["dead", "pending"], before: "7", person: undefined });
  expect(query.toString()).toBe("state=dead&state=pending&before=7");
});
