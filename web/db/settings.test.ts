import { expect, it } from "vitest";

import { storedSetting, storeSetting } from "./settings";
import { temporaryDatabase } from "./testing";

it("a setting is what was stored last, and nothing before that", async () => {
  const database = await temporaryDatabase();
  expect(await storedSetting(database, "snapshots")).toBeUndefined();
  await storeSetting(database, "snapshots", { of: "unknown", days: 3 });
  await storeSetting(database, "snapshots", { of: "everybody", days: 7 });
  await storeSetting(database, "other", { a: [1] });
  expect(await storedSetting(database, "snapshots")).toEqual({ of: "everybody", days: 7 });
});
