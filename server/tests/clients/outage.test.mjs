/** What is left of reports, events and captures when the network breaks. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { io } from "socket.io-client";

import { isRest, isSocketIo, startNetwork } from "./network.mjs";
import { startReceiver, SECRET } from "./receiver.mjs";
import { dataUrl, encodingOf, startRelay } from "./relay.mjs";

const LIMIT = { timeout: 120_000 };
const NAME = "José Núñez";
const REPORTS = 150;
const REPORTS_A_SECOND = 50;

let relay;
let receiver;
let network;
let encoding;

before(async () => {
  receiver = await startReceiver();
  relay = await startRelay({
    NEXTJS_WEBHOOK_URL: receiver.url,
    FACIAL_RECOGNITION_WEBHOOK_SECRET: SECRET,
    // A network that is gone without a word is noticed by its pings.
    ROSTRO_SOCKETS_PING_EVERY_S: "1",
    ROSTRO_SOCKETS_PING_TIMEOUT_S: "1",
  });
  network = await startNetwork(relay.port);
  encoding = await encodingOf("obama-2012");
  await postJson(relay.url, "/api/register", { name: NAME, encoding });
}, LIMIT);

after(async () => {
  await network?.stop();
  await relay?.stop();
  await receiver?.stop();
});

const postJson = async (url, path, body) => {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, `${path}: ${answer.status}`);
  return answer.json();
};
const getJson = async (path) => (await fetch(`${relay.url}${path}`)).json();
const until = async (condition) => {
  while (!(await condition())) await sleep(20);
};

const quickly = { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, randomizationFactor: 0, timeout: 1000 };

/** A report of a look that no other had. */
let looks = 0;
function report(capture_id = randomUUID()) {
  looks += 1;
  const embedding = [...encoding];
  embedding[0] += looks * 1e-6;
  return {
    capture_id,
    captured_at: new Date().toISOString(),
    faces: [
      { box: { top: 10, right: 110, bottom: 120, left: 20 }, score: 0.9, model: "dlib-resnet-v1", embedding },
    ],
  };
}

/** Every stored event after `after`, oldest first. */
async function eventsAfter(after) {
  const all = [];
  for (let cursor = after; ; ) {
    const { events, next_after } = await getJson(`/v1/events?after=${cursor}&limit=100`);
    if (events.length === 0) return all;
    all.push(...events);
    cursor = next_after;
  }
}

/** Sends a report until it is acknowledged, as a client does that keeps it till then. */
async function delivered(socket, sent) {
  for (;;) {
    try {
      const ack = await socket.timeout(1000).emitWithAck("report", sent);
      assert.equal(ack.ok, true, JSON.stringify(ack));
      return ack.receipt;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
    }
  }
}

describe("a network that breaks in the midst of reports", () => {
  for (const transport of ["websocket", "polling"]) {
    for (const [name, breaks, seconds] of [
      ["connections reset for 0.2 s", "cut", 0.2],
      ["connections reset for 2 s", "cut", 2],
      ["silence for 5 s", "hang", 5],
    ]) {
      test(`${transport}, ${name}: none lost, none doubled, and whoever listens has each event once`, LIMIT, async () => {
        const before = (await getJson("/v1/events?limit=1")).events[0]?.id ?? 0;
        const sender = io(network.url, { ...quickly, transports: [transport] });
        await once(sender, "config");

        const heard = [];
        const listener = io(network.url, {
          ...quickly,
          transports: [transport],
          auth: (tell) => tell({ after: heard.at(-1)?.id ?? before }),
        });
        listener.on("event", (event) => heard.push(event));
        await once(listener, "config");
        let reconnects = 0;
        listener.io.on("reconnect", () => (reconnects += 1));

        const sent = [];
        const receipts = [];
        for (let i = 0; i < REPORTS; i++) {
          const one = report();
          sent.push(one.capture_id);
          receipts.push(delivered(sender, one));
          if (i === REPORTS / 3) {
            network[breaks]();
            setTimeout(() => network.heal(), seconds * 1000);
          }
          await sleep(1000 / REPORTS_A_SECOND);
        }
        const ids = (await Promise.all(receipts)).map((receipt) => receipt.capture_id);
        assert.deepEqual(ids, sent);
        const stored = await eventsAfter(before);
        assert.deepEqual(stored.map((event) => event.capture_id).sort(), [...sent].sort());
        await until(() => heard.length >= stored.length);
        await sleep(200);
        assert.deepEqual(heard.map((event) => event.id), stored.map((event) => event.id));
        assert.ok(reconnects > 0, "the network did break");
        sender.close();
        listener.close();
      });
    }
  }
});

describe("hybrid captures", () => {
  const image = dataUrl("obama-2009");

  /** Both channels as the component uses them: what each answered, or why it did not. */
  async function captured(capture_id) {
    const rest = postJson(network.url, "/webrtc/face/", { image, capture_id });
    const socket = io(network.url, { ...quickly, reconnection: false, transports: ["websocket"] });
    const live = new Promise((resolve, reject) => {
      socket.once("connect_error", reject);
      socket.once("recognition_result", resolve);
      socket.once("config", () => socket.emit("process_frame", { image, frame_id: 1, capture_id }));
    });
    const outcomes = await Promise.allSettled([rest, live]);
    socket.close();
    return outcomes;
  }

  /** What the relay made of it: one row, one count, one webhook. */
  async function isOnce(capture_id, before) {
    const events = (await eventsAfter(before.last)).filter((event) => event.capture_id === capture_id);
    assert.equal(events.length, 1);
    assert.equal((await getJson("/api/stats")).total_detections, before.count + 1);
    const isOurs = ({ body }) => body.event_id === events[0].id;
    const deliveries = await receiver.until((all) => all.some(isOurs));
    await sleep(200);
    assert.equal(deliveries.filter(isOurs).length, 1);
    assert.equal(events[0].face.name, NAME);
  }

  async function now() {
    const last = (await getJson("/v1/events?limit=1")).events[0]?.id ?? 0;
    return { last, count: (await getJson("/api/stats")).total_detections };
  }

  test("by both channels", LIMIT, async () => {
    const [before, id] = [await now(), randomUUID()];
    const [rest, live] = await captured(id);
    assert.equal(rest.value.person.nombre, NAME);
    assert.equal(live.value.persona.id, rest.value.person.id);
    assert.ok(rest.value.hybrid || live.value.hybrid);
    await isOnce(id, before);
  });

  test("REST down: the socket is enough", LIMIT, async () => {
    const [before, id] = [await now(), randomUUID()];
    network.refuse(isRest);
    const [rest, live] = await captured(id);
    network.refuse(() => false);
    assert.equal(rest.status, "rejected");
    assert.equal(live.value.persona.nombre, NAME);
    assert.equal(live.value.hybrid, false);
    await isOnce(id, before);
  });

  test("the socket down: REST is enough", LIMIT, async () => {
    const [before, id] = [await now(), randomUUID()];
    network.refuse(isSocketIo);
    const [rest, live] = await captured(id);
    network.refuse(() => false);
    assert.equal(live.status, "rejected");
    assert.equal(rest.value.person.nombre, NAME);
    assert.equal(rest.value.hybrid, false);
    await isOnce(id, before);
  });

  test("one channel after the other has come back completes the capture", LIMIT, async () => {
    const [before, id] = [await now(), randomUUID()];
    network.refuse(isRest);
    await captured(id);
    network.refuse(() => false);
    const late = await postJson(network.url, "/webrtc/face/", { image, capture_id: id });
    assert.deepEqual([late.hybrid, [...late.channels].sort()], [true, ["rest", "socket"]]);
    await isOnce(id, before);
  });

  test("a report by both channels at once has one receipt", LIMIT, async () => {
    // A camera of its own: a person is told of again by the same one only after a while.
    const [before, one] = [await now(), { ...report(), camera_id: "puerta-2" }];
    const socket = io(network.url, { ...quickly, transports: ["websocket"] });
    await once(socket, "config");
    const [rest, live] = await Promise.all([postJson(network.url, "/v1/reports", one), delivered(socket, one)]);
    assert.deepEqual(rest.faces, live.faces);
    assert.equal(rest.capture_id, live.capture_id);
    assert.ok(rest.hybrid !== live.hybrid, "the second says so");
    const again = await delivered(socket, one);
    assert.deepEqual(again.faces, rest.faces);
    assert.equal(again.hybrid, true);
    socket.close();
    await isOnce(one.capture_id, before);
  });
});
