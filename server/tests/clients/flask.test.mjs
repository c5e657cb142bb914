/** The flow of the Next.js app that talks to a Flask API: fetch and axios, register to results. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import axios from "axios";

import { startReceiver, SECRET } from "./receiver.mjs";
import { dataUrl, encodingOf, startRelay } from "./relay.mjs";
import { assertShape, kinds, resultObject } from "./shape.mjs";

const LIMIT = { timeout: 60_000 };
const NAME = "José Núñez";

let relay;
let receiver;
let encoding;

/** As the app's service calls it: axios that gives every status back. */
let api;

before(async () => {
  receiver = await startReceiver();
  relay = await startRelay({
    NEXTJS_WEBHOOK_URL: receiver.url,
    FACIAL_RECOGNITION_WEBHOOK_SECRET: SECRET,
  });
  api = axios.create({ baseURL: `${relay.flaskUrl}/api`, timeout: 30_000, validateStatus: () => true });
  encoding = await encodingOf("obama-2012");
}, LIMIT);

after(async () => {
  await relay?.stop();
  await receiver?.stop();
});

/** Shows the relay a picture, as a camera would. */
async function show(name) {
  const answer = await fetch(`${relay.url}/webrtc/face/`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ image: dataUrl(name), timestamp: new Date().toISOString() }),
  });
  assert.equal(answer.status, 200);
}

describe("an empty relay", () => {
  test("has nothing", LIMIT, async () => {
    assert.deepEqual((await api.get("/results")).data, { results: [], total: 0 });
    const latest = await api.get("/latest");
    assert.equal(latest.status, 404);
    assertShape(latest.data, { error: kinds.text });
    assertShape((await api.get("/status")).data, {
      active: false,
      stream_url: kinds.optionalText,
      total_results: 0,
      encodings_loaded: 0,
    });
  });
});

describe("register", () => {
  test("takes 128 numbers and counts encodings", LIMIT, async () => {
    for (const total_users of [1, 2]) {
      const { status, data } = await api.post("/register", { name: NAME, encoding, client_id: "c-1" });
      assert.equal(status, 200);
      assertShape(data, { success: true, message: kinds.text, total_users });
    }
    assert.equal((await api.get("/status")).data.encodings_loaded, 2);
  });

  test("says what is missing, and how long the encoding was", LIMIT, async () => {
    for (const [body, error] of [
      [{}, "name and encoding are required"],
      [{ name: "Ana" }, "name and encoding are required"],
      [{ encoding }, "name and encoding are required"],
      [{ name: "Ana", encoding: [1, 2, 3] }, "Encoding must be 128-dimensional, got (3,)"],
    ]) {
      const { status, data } = await api.post("/register", body);
      assert.equal(status, 400);
      assert.deepEqual(data, { error });
    }
  });
});

describe("start, results, stop", () => {
  test("start answers once, then says that it is on", LIMIT, async () => {
    const first = await api.post("/start");
    assert.equal(first.status, 200);
    assertShape(first.data, { status: "started", message: kinds.text, stream_url: kinds.optionalText });
    const second = await api.post("/start");
    assert.equal(second.status, 400);
    assertShape(second.data, { error: kinds.text });
    assert.equal((await api.get("/status")).data.active, true);
  });

  test("what is seen is in results, latest and stats", LIMIT, async () => {
    await show("obama-2009");
    await show("biden-2010");
    const { data } = await api.get("/results", { params: { limit: 20 } });
    assert.equal(data.total, 2);
    assert.deepEqual(data.results.map((result) => result.name), [NAME, "Desconocido"]);
    for (const result of data.results) {
      assertShape(result, resultObject);
      const { top, right, bottom, left } = result.box;
      assert.ok(top < bottom && left < right);
      assert.equal(result.confidence, Math.max(0, Number((1 - result.distance).toFixed(2))));
    }
    assert.ok(data.results[0].distance <= 0.6 && data.results[1].distance > 0.6);
    assert.deepEqual((await api.get("/latest")).data, data.results[1]);
    assert.deepEqual((await api.get("/results?limit=1")).data, { results: [data.results[1]], total: 2 });
    const mine = (await api.get(`/results/${encodeURIComponent(NAME.toLowerCase())}`)).data;
    assertShape(mine, { user: kinds.text, results: [data.results[0]], total: 1, returned: 1 });
    assertShape((await api.get("/stats")).data, {
      total_detections: 2,
      recognized: { [NAME]: 1 },
      unknown_count: 1,
      unique_persons: 1,
      last_detection: resultObject,
    });
  });

  test("each arrives at the webhook with the secret", LIMIT, async () => {
    const deliveries = await receiver.until((all) => all.length >= 2);
    assert.deepEqual(deliveries.map(({ body }) => body.result.name).sort(), ["Desconocido", NAME]);
    for (const { authorized, body, path } of deliveries) {
      assert.ok(authorized);
      assert.equal(path, "/api/facial-recognition/webhook");
      assertShape(body, { result: resultObject, camera_id: null });
    }
  });

  test("stop answers, and start works again", LIMIT, async () => {
    const stopped = await api.post("/stop");
    assert.equal(stopped.status, 200);
    assertShape(stopped.data, { status: "stopped", message: kinds.text });
    assert.equal((await api.post("/start")).status, 200);
    await api.post("/stop");
  });
});

describe("config", () => {
  test("a threshold makes a known face unknown, and back", LIMIT, async () => {
    const { status, data } = await api.put("/config", { threshold: 0.01 });
    assert.equal(status, 200);
    assertShape(data, { stream_url: kinds.optionalText, threshold: 0.01 });
    await show("obama-2009");
    assert.equal((await api.get("/latest")).data.name, "Desconocido");
    assert.equal((await api.put("/config", { threshold: 0.6 })).data.threshold, 0.6);
    await show("obama-2009");
    assert.equal((await api.get("/latest")).data.name, NAME);
  });

  test("the stream cannot change while it is on", LIMIT, async () => {
    await api.post("/start");
    const refused = await api.put("/config", { stream_url: "http://127.0.0.1:9/stream" });
    assert.equal(refused.status, 400);
    assertShape(refused.data, { error: kinds.text });
    await api.post("/stop");
    const taken = await api.put("/config", { stream_url: "http://127.0.0.1:9/stream" });
    assert.equal(taken.status, 200);
    assert.equal(taken.data.stream_url, "http://127.0.0.1:9/stream");
  });
});
