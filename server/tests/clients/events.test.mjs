/** Events that come while a client is away: by Socket.IO with `after`, and as server-sent events. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { io } from "socket.io-client";

import { dataUrl, startRelay } from "./relay.mjs";

const LIMIT = { timeout: 60_000 };

describe("events", () => {
  let relay;
  const image = dataUrl("obama-2012");
  const see = async (times) => {
    for (let i = 0; i < times; i++) {
      const answer = await fetch(`${relay.url}/webrtc/face/`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ image }),
      });
      assert.equal(answer.status, 200);
    }
  };
  const connect = (auth) => io(relay.url, { transports: ["websocket"], forceNew: true, reconnection: false, auth });
  const until = async (condition) => {
    while (!condition()) await sleep(10);
  };
  const upTo = (last) => Array.from({ length: last }, (_, index) => index + 1);

  before(async () => {
    relay = await startRelay({ NEXTJS_WEBHOOK_URL: "", ROSTRO_SOCKETS_UNREAD_MAX: "4" });
  });
  after(() => relay.stop());

  test("a socket that says where it was is told all of it, in order, once", LIMIT, async () => {
    await see(30);
    const ids = [];
    const socket = connect({ after: 0 });
    socket.on("event", (event) => ids.push(event.id));
    await once(socket, "config");
    await see(5);
    await until(() => ids.length >= 35);
    socket.close();
    assert.deepEqual(ids, upTo(35));

    await see(5);
    const later = connect({ after: ids.at(-1) });
    later.on("event", (event) => ids.push(event.id));
    await until(() => ids.length >= 40);
    await sleep(200);
    later.close();
    assert.deepEqual(ids, upTo(40), "what came while it was away, and nothing twice");
  });

  test("a socket that says nothing is told from now on", LIMIT, async () => {
    const ids = [];
    const socket = connect();
    socket.on("event", (event) => ids.push(event.id));
    await once(socket, "config");
    await see(1);
    await until(() => ids.length > 0);
    socket.close();
    assert.deepEqual(ids, [41]);
  });

  test("server-sent events go on after the last one", LIMIT, async () => {
    const read = async (path, headers, count) => {
      const abort = new AbortController();
      const answer = await fetch(`${relay.url}${path}`, { headers, signal: abort.signal });
      assert.equal(answer.headers.get("content-type"), "text/event-stream");
      let text = "";
      for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const events = text.split("\n\n").slice(0, -1).filter((event) => event.includes("data:"));
        if (events.length >= count) {
          abort.abort();
          return events.map((event) => ({
            id: Number(/^id: (.*)$/m.exec(event)[1]),
            data: JSON.parse(/^data: (.*)$/m.exec(event)[1]),
          }));
        }
      }
      throw new Error(`the stream ended: ${text}`);
    };
    const all = await read("/v1/events/stream?after=0", {}, 41);
    assert.deepEqual(all.map(({ id }) => id), upTo(41));
    assert.equal(all[7].data.id, 8);
    const [next] = await read("/v1/events/stream?after=3", { "Last-Event-ID": "40" }, 1);
    assert.equal(next.id, 41, "what the browser had last counts, not the address");
    const news = read("/v1/events/stream", {}, 1);
    await sleep(200);
    await see(1);
    assert.equal((await news)[0].id, 42);
    const refused = await fetch(`${relay.url}/v1/events/stream?after=x`);
    assert.equal(refused.status, 400);
  });

  test("a relay that stops ends its streams at once", LIMIT, async () => {
    const answer = await fetch(`${relay.url}/v1/events/stream`);
    const begun = performance.now();
    const ended = answer.text();
    await relay.stop();
    await ended;
    assert.ok(performance.now() - begun < 4000, "before connections are cut off");
  });
});
