/** Every way that socket.io-client connects, of today and of 2021, through a network that takes WebSockets and one that
 * does not. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { after, afterEach, before, describe, test } from "node:test";
import { io as io48 } from "socket.io-client";
import { io as io40 } from "socket.io-client-4.0";

import { isWebSocket, startNetwork } from "./network.mjs";
import { dataUrl, encodingOf, startRelay } from "./relay.mjs";

const LIMIT = { timeout: 60_000 };
const NAME = "José Núñez";
/** As the hybrid component connects. */
const COMPONENT = { transports: ["websocket", "polling"], upgrade: true, timeout: 10_000, forceNew: true };
const WAYS = [
  ["websocket first, as the component does", COMPONENT, "websocket"],
  ["polling, then an upgrade", { transports: ["polling", "websocket"] }, "websocket"],
  ["polling alone", { transports: ["polling"], upgrade: false }, "polling"],
  ["websocket alone", { transports: ["websocket"] }, "websocket"],
];

let relay;
let network;

before(async () => {
  relay = await startRelay({ NEXTJS_WEBHOOK_URL: "" });
  network = await startNetwork(relay.port);
  const enrolled = await fetch(`${relay.url}/api/register`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: NAME, encoding: await encodingOf("obama-2012") }),
  });
  assert.equal(enrolled.status, 200);
}, LIMIT);

afterEach(() => network.refuse(() => false));

after(async () => {
  await network?.stop();
  await relay?.stop();
});

/** Calls with an ack; client 4.0 has no `emitWithAck`. */
const call = (socket, event, payload) => new Promise((resolve) => socket.emit(event, payload, resolve));

/** The name of the transport that it ends up with. */
async function settled(socket, expected) {
  const { engine } = socket.io;
  if (engine.transport.name !== expected) await once(engine, "upgrade");
  return engine.transport.name;
}

/** A frame and a capture of some 200 KB, and statistics, there and back. */
async function converses(socket) {
  const image = dataUrl("obama-2012");
  const result = once(socket, "recognition_result");
  socket.emit("process_frame", { image, frame_id: 1, timestamp: 12 });
  assert.equal((await result)[0].persona.nombre, NAME);
  const answer = await call(socket, "process_frame", { image, frame_id: 2, capture_id: randomUUID() });
  assert.equal(answer.persona.nombre, NAME);
  assert.equal(answer.frame_id, 2);
  const refused = await call(socket, "report", { capture_id: "ñ" });
  assert.equal(refused.ok, false);
  const stats = once(socket, "stats");
  socket.emit("get_stats");
  assert.ok((await stats)[0].total_frames_processed >= 2);
}

for (const [version, io] of [
  ["4.8", io48],
  ["4.0", io40],
]) {
  describe(`socket.io-client ${version}`, () => {
    for (const [name, options, transport] of WAYS) {
      test(name, LIMIT, async () => {
        const socket = io(network.url, { forceNew: true, reconnection: false, ...options });
        await once(socket, "config");
        assert.equal(await settled(socket, transport), transport);
        await converses(socket);
        socket.close();
      });
    }

    test("where WebSockets are blocked, an upgrade is tried and polling goes on", LIMIT, async () => {
      network.refuse(isWebSocket);
      const socket = io(network.url, { forceNew: true, reconnection: false });
      await once(socket.io.engine, "upgradeError");
      await once(socket, "config");
      await converses(socket);
      assert.equal(socket.io.engine.transport.name, "polling");
      socket.close();
    });

    test("where WebSockets are blocked, websocket first falls back to polling", LIMIT, async () => {
      network.refuse(isWebSocket);
      // 4.8 does it when asked; before, front ends turned the transports round by hand.
      const fallback = version === "4.8" ? { tryAllTransports: true } : {};
      const socket = io(network.url, { ...COMPONENT, ...fallback, reconnectionDelay: 10 });
      socket.on("connect_error", () => {
        if (version === "4.0") socket.io.opts.transports = ["polling"];
      });
      await once(socket, "config");
      await converses(socket);
      assert.equal(socket.io.engine.transport.name, "polling");
      socket.close();
    });
  });
}
