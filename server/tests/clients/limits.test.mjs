/** What a client is told when there is no room for what it sends, and when a limit was set otherwise. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { io } from "socket.io-client";

import { dataUrl, startRelay } from "./relay.mjs";

const LIMIT = { timeout: 60_000 };

describe("limits", () => {
  let relay;
  const sockets = [];
  const connect = (options = {}) => {
    const socket = io(relay.url, { transports: ["websocket"], forceNew: true, reconnection: false, ...options });
    sockets.push(socket);
    return socket;
  };

  before(async () => {
    relay = await startRelay({
      NEXTJS_WEBHOOK_URL: "",
      ROSTRO_SOCKETS_SOCKETS_MAX: "3",
      ROSTRO_SOCKETS_CAPTURES_WAITING_MAX: "1",
      ROSTRO_SOCKETS_EVENTS_A_SECOND_MAX: "50",
      ROSTRO_REQUESTS_PAGE_MAX: "2",
    });
  });
  after(async () => {
    for (const socket of sockets) socket.close();
    await relay.stop();
  });

  test("every frame of a burst is answered; the overtaken ones as busy, and the newest is recognised", LIMIT, async () => {
    const socket = connect();
    await once(socket, "config");
    const errors = [];
    socket.on("error", (error) => errors.push(error));
    const image = dataUrl("obama-2012");
    const frames = Array.from({ length: 12 }, (_, frame_id) =>
      socket.timeout(50_000).emitWithAck("process_frame", { image, frame_id }),
    );
    const answers = await Promise.all(frames);
    const busy = answers.filter((answer) => answer.busy === true);
    const recognised = answers.filter((answer) => "reconocido" in answer);
    assert.equal(busy.length + recognised.length, 12);
    assert.ok(busy.length > 0, "a burst of 12 overtakes some");
    for (const [index, answer] of answers.entries()) assert.equal(answer.frame_id, index);
    for (const answer of busy) assert.equal(answer.code, "PROCESSING_ERROR");
    assert.ok("reconocido" in answers[11], "the newest is never dropped");
    assert.deepEqual(errors, [], "a live view hears nothing of frames that it does not miss");
    socket.close();
  });

  test("captures past those that may wait are refused as busy, and none of the others is lost", LIMIT, async () => {
    const socket = connect();
    await once(socket, "config");
    const image = dataUrl("obama-2012");
    const captures = Array.from({ length: 8 }, () =>
      socket.timeout(50_000).emitWithAck("process_frame", { image, capture_id: randomUUID() }),
    );
    const answers = await Promise.all(captures);
    const stored = answers.filter((answer) => "reconocido" in answer).length;
    const refused = answers.filter((answer) => answer.busy).length;
    assert.equal(stored + refused, 8);
    assert.ok(stored >= 2 && refused > 0, `${stored} stored, ${refused} refused`);
    const { events } = await (await fetch(`${relay.url}/v1/events?limit=2`)).json();
    assert.equal(events.length, 2);
    socket.close();
  });

  test("a socket too many is told so, and let in once there is room", LIMIT, async () => {
    const full = [connect(), connect(), connect()];
    await Promise.all(full.map((socket) => once(socket, "config")));
    const [error] = await once(connect(), "connect_error");
    assert.match(error.message, /every place for a socket is taken/);
    full[0].close();
    for (;;) {
      const again = connect();
      const outcome = await Promise.race([once(again, "config"), once(again, "connect_error")]);
      if (!(outcome[0] instanceof Error)) break;
    }
    for (const socket of sockets) socket.close();
  });

  test("a socket with too many events is cut off, and others are served", LIMIT, async () => {
    const [flooding, other] = [connect(), connect()];
    await Promise.all([once(flooding, "config"), once(other, "config")]);
    const cut = once(flooding, "disconnect");
    for (let i = 0; i < 500; i++) flooding.emit("get_stats", {});
    await cut;
    other.emit("get_stats", {});
    await once(other, "stats");
    other.close();
  });

  test("a page is as long as the settings say", LIMIT, async () => {
    const refused = await fetch(`${relay.url}/v1/events?limit=3`);
    assert.equal(refused.status, 400);
    assert.equal((await refused.json()).error.message, "limit is 1 to 2");
    const { events } = await (await fetch(`${relay.url}/v1/events`)).json();
    assert.equal(events.length, 2);
  });
});
