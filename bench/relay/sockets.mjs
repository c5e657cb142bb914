/**
 * `node sockets.mjs PORT RUN CLIENTS EACH`: sends reports over Socket.IO until each is acknowledged, and prints their ids. Some are
 * sent over REST at the same time; behind their ids stands `hybrid`.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { io } from "socket.io-client";

const [port, run, clients, each] = process.argv.slice(2).map(Number);
const ACK_MS = 10_000;
const PAUSE_MS = 20;
/** One report in so many goes over both channels. */
const HYBRID = 3;

const hex = (number, digits) => number.toString(16).padStart(digits, "0");

/** Rounded, so that a repeat is the same to the last character. */
function embedding() {
  const vector = Array.from({ length: 128 }, () => Math.random() + Math.random() + Math.random() - 1.5);
  const norm = Math.hypot(...vector);
  return vector.map((value) => Number((value / norm).toFixed(6)));
}

async function overSocket(socket, report) {
  for (;;) {
    const ack = await socket.timeout(ACK_MS).emitWithAck("report", report).catch(() => undefined);
    if (ack?.ok === true && ack.receipt.capture_id === report.capture_id) return;
    if (ack?.ok === false && ack.error.code !== "busy") throw new Error(`${ack.error.code}: ${ack.error.message}`);
    await sleep(PAUSE_MS);
  }
}

async function overRest(report) {
  const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(report) };
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/reports`, { ...request, signal: AbortSignal.timeout(ACK_MS) })
      .then(async (response) => ({ status: response.status, body: await response.json() }))
      .catch(() => undefined);
    if (answer?.status === 200 && answer.body.capture_id === report.capture_id) return;
    if (answer !== undefined && answer.status !== 503) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
    await sleep(PAUSE_MS);
  }
}

async function client(number) {
  const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"], forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 200 });
  for (let i = 0; i < each; i++) {
    const report = {
      // Clients of Socket.IO are told from those of REST by their numbers.
      capture_id: `${hex(run, 8)}-${hex(0x8000 + number, 4)}-4000-8000-${hex(i, 12)}`,
      camera_id: "door",
      captured_at: new Date().toISOString(),
      faces: [{ box: { top: 10, right: 110, bottom: 130, left: 20 }, score: 0.97, model: "sface-2021dec", embedding: embedding(), claim: { name: null, distance: null } }],
    };
    const isHybrid = i % HYBRID === 0;
    await Promise.all(isHybrid ? [overSocket(socket, report), overRest(report)] : [overSocket(socket, report)]);
    process.stdout.write(`${report.capture_id}${isHybrid ? " hybrid" : ""}\n`);
  }
  socket.close();
}

await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
