/** Engine.IO 4 and Socket.IO 5 packet by packet, against the real relay: what the protocol's own suites ask of a server,
 * said with the relay's events. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";

import { startRelay } from "./relay.mjs";

const LIMIT = { timeout: 60_000 };
const PING_EVERY_MS = 1000;
const PING_TIMEOUT_MS = 1000;
const JOIN_TIMEOUT_MS = 1000;
const MESSAGE_MAX_BYTES = 100_000;
const PING = "2";
const PONG = "3";

let relay;
let http;
let ws;

before(async () => {
  relay = await startRelay({
    NEXTJS_WEBHOOK_URL: "",
    ROSTRO_SOCKETS_PING_EVERY_S: String(PING_EVERY_MS / 1000),
    ROSTRO_SOCKETS_PING_TIMEOUT_S: String(PING_TIMEOUT_MS / 1000),
    ROSTRO_SOCKETS_JOIN_TIMEOUT_S: String(JOIN_TIMEOUT_MS / 1000),
    ROSTRO_SOCKETS_MESSAGE_MAX_BYTES: String(MESSAGE_MAX_BYTES),
  });
  http = `${relay.url}/socket.io/?EIO=4&transport=polling`;
  ws = `${relay.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`;
}, LIMIT);

after(() => relay?.stop());

/** A WebSocket whose packets are read one by one; pings are answered and left out unless they are asked for. */
class Wire {
  #waiting = [];
  #arrived = [];
  #closed;

  constructor(url, { pings = false } = {}) {
    this.socket = new WebSocket(url);
    this.socket.on("error", () => {});
    this.#closed = new Promise((resolve) => this.socket.once("close", resolve));
    this.socket.on("message", (data, isBinary) => {
      const packet = isBinary ? data : data.toString();
      if (packet === PING && !pings) return this.send(PONG);
      const waiting = this.#waiting.shift();
      if (waiting) waiting(packet);
      else this.#arrived.push(packet);
    });
  }

  /** Opened, and its handshake read. */
  static async open(options) {
    const wire = new Wire(ws, options);
    wire.handshake = opened(await wire.next());
    return wire;
  }

  /** Joined the main namespace, and read what comes on joining. */
  static async joined() {
    const wire = await Wire.open();
    wire.send("40");
    assert.match(await wire.next(), /^40\{"sid":"[^"]+"\}$/);
    assert.match(await wire.next(), /^42\["config",/);
    assert.match(await wire.next(), /^42\["stats",/);
    return wire;
  }

  send(packet) {
    this.socket.send(packet);
  }

  async next() {
    return this.#arrived.shift() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  closed() {
    return this.#closed;
  }

  close() {
    this.socket.close();
  }
}

/** The handshake in an open packet. */
function opened(packet) {
  assert.equal(packet[0], "0");
  return JSON.parse(packet.slice(1));
}

const poll = (sid) => fetch(`${http}&sid=${sid}`);
const push = (sid, body) => fetch(`${http}&sid=${sid}`, { method: "POST", body });

/** A session by polling: its sid. */
async function session() {
  return opened(await (await fetch(http)).text()).sid;
}

/** Polls until a packet of another kind than pings comes; answers these. */
async function polled(sid) {
  for (;;) {
    const packets = (await (await poll(sid)).text()).split("\u001e");
    for (const ping of packets.filter((packet) => packet === PING)) {
      assert.equal(ping, PING);
      await push(sid, PONG);
    }
    const others = packets.filter((packet) => packet !== PING);
    if (others.length > 0) return others;
  }
}

describe("Engine.IO: handshake", () => {
  const promised = {
    pingInterval: PING_EVERY_MS,
    pingTimeout: PING_TIMEOUT_MS,
    maxPayload: MESSAGE_MAX_BYTES,
  };

  test("polling", LIMIT, async () => {
    const answer = await fetch(http);
    assert.equal(answer.status, 200);
    const { sid, ...rest } = opened(await answer.text());
    assert.equal(typeof sid, "string");
    assert.deepEqual(rest, { upgrades: ["websocket"], ...promised });
  });

  test("WebSocket", LIMIT, async () => {
    const wire = await Wire.open();
    const { sid, ...rest } = wire.handshake;
    assert.equal(typeof sid, "string");
    assert.deepEqual(rest, { upgrades: [], ...promised });
    wire.close();
  });

  for (const [name, query] of [
    ["no EIO", "transport=TRANSPORT"],
    ["an EIO that is none", "EIO=abc&transport=TRANSPORT"],
    ["an older EIO", "EIO=3&transport=TRANSPORT"],
    ["no transport", "EIO=4"],
    ["a transport that is none", "EIO=4&transport=abc"],
    ["a session that is none", "EIO=4&transport=TRANSPORT&sid=AAAAAAAAAAAAAAAAAAAA"],
    ["a session id that is none", "EIO=4&transport=TRANSPORT&sid=%00"],
  ]) {
    test(`${name} is refused`, LIMIT, async () => {
      const answer = await fetch(`${relay.url}/socket.io/?${query.replace("TRANSPORT", "polling")}`);
      assert.equal(answer.status, 400);
      const wire = new Wire(`${ws.split("?")[0]}?${query.replace("TRANSPORT", "websocket")}`);
      await wire.closed();
    });
  }

  test("a method that is none is refused", LIMIT, async () => {
    for (const method of ["POST", "PUT", "DELETE"]) {
      const answer = await fetch(http, { method });
      assert.ok([400, 405].includes(answer.status), `${method}: ${answer.status}`);
    }
  });
});

describe("Engine.IO: heartbeat", () => {
  test("polling: pings come as often as promised, and a pong keeps the session", LIMIT, async () => {
    const sid = await session();
    await push(sid, "40");
    let pings = 0;
    while (pings < 3) {
      const answer = await poll(sid);
      assert.equal(answer.status, 200);
      for (const packet of (await answer.text()).split("\u001e")) {
        if (packet !== PING) continue;
        pings += 1;
        assert.equal((await push(sid, PONG)).status, 200);
      }
    }
    assert.equal((await push(sid, "1")).status, 200);
  });

  test("WebSocket: the same", LIMIT, async () => {
    const wire = await Wire.open({ pings: true });
    wire.send("40");
    for (let pings = 0; pings < 3; ) {
      if ((await wire.next()) !== PING) continue;
      pings += 1;
      wire.send(PONG);
    }
    wire.close();
  });

  test("polling: no pong ends the session", LIMIT, async () => {
    const sid = await session();
    await sleep(PING_EVERY_MS + PING_TIMEOUT_MS + 500);
    assert.equal((await poll(sid)).status, 400);
  });

  test("WebSocket: no pong closes it", LIMIT, async () => {
    const wire = await Wire.open({ pings: true });
    wire.send("40");
    await wire.closed();
  });
});

describe("Engine.IO: close", () => {
  test("polling: the poll that waits is answered, and the session is gone", LIMIT, async () => {
    const sid = await session();
    await push(sid, "40");
    await polled(sid);
    const waiting = poll(sid);
    assert.equal((await push(sid, "1")).status, 200);
    assert.equal((await waiting).status, 200);
    assert.equal((await poll(sid)).status, 400);
    assert.equal((await push(sid, "40")).status, 400);
  });

  test("WebSocket: it is closed", LIMIT, async () => {
    const wire = await Wire.open();
    wire.send("1");
    await wire.closed();
  });
});

describe("Engine.IO: upgrade", () => {
  /** A session that went over to a WebSocket. */
  async function upgraded() {
    const sid = await session();
    const wire = new Wire(`${ws}&sid=${sid}`);
    await once(wire.socket, "open");
    wire.send("2probe");
    assert.equal(await wire.next(), "3probe");
    wire.send("5");
    return { sid, wire };
  }

  test("a session goes over, with what was sent before and what comes after", LIMIT, async () => {
    const { wire } = await upgraded();
    wire.send("40");
    assert.match(await wire.next(), /^40\{"sid":/);
    wire.close();
  });

  test("polls of it are refused from then on", LIMIT, async () => {
    const { sid, wire } = await upgraded();
    wire.send("40");
    await wire.next();
    assert.equal((await poll(sid)).status, 400);
    wire.close();
  });

  test("a second WebSocket of it is closed, and the first goes on", LIMIT, async () => {
    const { sid, wire } = await upgraded();
    wire.send("40");
    await wire.next();
    await new Wire(`${ws}&sid=${sid}`).closed();
    wire.send('42["get_stats"]');
    for (;;) if (/^42\["stats",/.test(await wire.next())) break;
    wire.close();
  });

  test("one that breaks off half-way ends the session: the client connects anew", LIMIT, async () => {
    const sid = await session();
    const wire = new Wire(`${ws}&sid=${sid}`);
    await once(wire.socket, "open");
    wire.send("2probe");
    assert.equal(await wire.next(), "3probe");
    wire.socket.terminate();
    while ((await push(sid, "40")).status !== 400) await sleep(20);
  });
});

describe("Socket.IO: connect and disconnect", () => {
  for (const payload of ["", "{}", '{"token":"123"}', '{"after":0}']) {
    test(`the main namespace, with ${payload || "nothing"}`, LIMIT, async () => {
      const wire = await Wire.open();
      wire.send(`40${payload}`);
      const packet = await wire.next();
      assert.deepEqual(Object.keys(JSON.parse(packet.slice(2))), ["sid"]);
      assert.match(await wire.next(), /^42\["config",\{/);
      wire.close();
    });
  }

  test("a namespace that is none is refused", LIMIT, async () => {
    const wire = await Wire.open();
    wire.send("40/random");
    assert.equal(await wire.next(), '44/random,{"message":"Invalid namespace"}');
    wire.close();
  });

  test("a handshake that is none closes it", LIMIT, async () => {
    const wire = await Wire.open();
    wire.send("4abc");
    await wire.closed();
  });

  test("who does not join in time is cut off", LIMIT, async () => {
    const wire = await Wire.open();
    await wire.closed();
  });

  test("who leaves the namespace stays connected, and may join again", LIMIT, async () => {
    const wire = await Wire.joined();
    for (let times = 0; times < 50; times++) {
      wire.send("41");
      wire.send("40");
      assert.match(await wire.next(), /^40\{"sid":/);
      assert.match(await wire.next(), /^42\["config",/);
      assert.match(await wire.next(), /^42\["stats",/);
    }
    wire.close();
  });

  test("who leaves a namespace that it is not in goes on in its own", LIMIT, async () => {
    const wire = await Wire.joined();
    wire.send("41/custom");
    wire.send('42["get_stats"]');
    assert.match(await wire.next(), /^42\["stats",/);
    wire.close();
  });
});

describe("Socket.IO: events and acknowledgements", () => {
  test("an event is answered by an event", LIMIT, async () => {
    const wire = await Wire.joined();
    wire.send('42["process_frame",{"frame_id":7}]');
    const packet = await wire.next();
    assert.match(packet, /^42\["error",\{/);
    assert.equal(JSON.parse(packet.slice(2))[1].frame_id, 7);
    wire.close();
  });

  test("an event with an id is answered by an ack of that id", LIMIT, async () => {
    const wire = await Wire.joined();
    wire.send('42456["report",{"capture_id":"7"}]');
    const packet = await wire.next();
    assert.match(packet, /^43456\[\{/);
    assert.equal(JSON.parse(packet.slice(5))[0].ok, false);
    wire.close();
  });

  test("arguments past the first are let be", LIMIT, async () => {
    const wire = await Wire.joined();
    wire.send('421["process_frame",{"frame_id":7},"2",{"3":[true]}]');
    assert.match(await wire.next(), /^42\["error",\{.*"frame_id":7/);
    assert.match(await wire.next(), /^431\[\{.*"frame_id":7/);
    wire.close();
  });

  for (const [name, id] of [
    ["without an ack", ""],
    ["with an ack", "789"],
  ]) {
    test(`binary attachments ${name} are taken in, and what they say is refused`, LIMIT, async () => {
      const wire = await Wire.joined();
      wire.send(`452-${id}["process_frame",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`);
      wire.send(Uint8Array.from([1, 2, 3]));
      wire.send(Uint8Array.from([4, 5, 6]));
      assert.match(await wire.next(), /^42\["error",\{.*"INVALID_DATA"/);
      if (id) assert.match(await wire.next(), /^43789\[\{.*"INVALID_DATA"/);
      wire.send('42["get_stats"]');
      assert.match(await wire.next(), /^42\["stats",/);
      wire.close();
    });
  }

  for (const [name, packet] of [
    ["of an unknown kind", "4abc"],
    ["without a list", "42{}"],
    ["with an ack id that is none", '42abc["get_stats"]'],
    ["with JSON that ends early", '42["get_stats"'],
    ["that promises more attachments than are taken", '499-["process_frame",{"_placeholder":true,"num":0}]'],
  ]) {
    test(`a packet ${name} closes it`, LIMIT, async () => {
      const wire = await Wire.joined();
      wire.send(packet);
      await wire.closed();
    });
  }

  test("a message past the limit is refused on both transports", LIMIT, async () => {
    const long = `42["process_frame",{"image":"${"A".repeat(MESSAGE_MAX_BYTES)}"}]`;
    const wire = await Wire.joined();
    wire.send(long);
    await wire.closed();
    const sid = await session();
    await push(sid, "40");
    assert.equal((await push(sid, long)).status, 413);
  });
});
