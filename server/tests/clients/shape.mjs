/** Shapes on the wire: every field that is named must be there and be of its kind; more fields may be. */
import assert from "node:assert/strict";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/;

export const kinds = {
  text: (value) => typeof value === "string",
  optionalText: (value) => value === null || typeof value === "string",
  flag: (value) => typeof value === "boolean",
  count: (value) => Number.isInteger(value) && value >= 0,
  whole: (value) => Number.isInteger(value),
  number: (value) => Number.isFinite(value),
  milliseconds: (value) => Number.isFinite(value) && value >= 0,
  share: (value) => Number.isFinite(value) && value >= 0 && value <= 1,
  uuid: (value) => UUID.test(value),
  localTime: (value) => LOCAL_TIME.test(value),
};

/** Fails unless `value` has every field of `shape`: a kind, a nested shape, or the very value that is expected. */
export function assertShape(value, shape, where = "answer") {
  assert.ok(value !== null && typeof value === "object", `${where} is ${JSON.stringify(value)}, not an object`);
  for (const [name, kind] of Object.entries(shape)) {
    const place = `${where}.${name}`;
    assert.ok(name in value, `${place} is missing in ${JSON.stringify(value)}`);
    if (typeof kind === "function") {
      assert.ok(kind(value[name]), `${place} is ${JSON.stringify(value[name])}`);
    } else if (kind !== null && typeof kind === "object" && !Array.isArray(kind)) {
      assertShape(value[name], kind, place);
    } else {
      assert.deepEqual(value[name], kind, place);
    }
  }
}

/** The result object of `/api/*` and of the webhook. */
export const resultObject = {
  timestamp: kinds.localTime,
  name: kinds.text,
  confidence: kinds.share,
  distance: kinds.number,
  box: { top: kinds.whole, right: kinds.whole, bottom: kinds.whole, left: kinds.whole },
};
