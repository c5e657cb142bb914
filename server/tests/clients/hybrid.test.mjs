/** The flow of the hybrid REST + Socket.IO component: status, test, connect, frames, one capture by both channels. By the
 * client of today, and by that of 2021. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { io as io48 } from "socket.io-client";
import { io as io40 } from "socket.io-client-4.0";

import { startReceiver, SECRET } from "./receiver.mjs";
import { dataUrl, encodingOf, startRelay } from "./relay.mjs";
import { assertShape, kinds, resultObject } from "./shape.mjs";

const KNOWN = "Barack Obama";
const LIMIT = { timeout: 60_000 };
const FRAMES = 30;
const FRAME_INTERVAL_MS = 100;

const knownResult = {
  reconocido: true,
  persona: {
    id: kinds.text,
    nombre: KNOWN,
    vivienda: kinds.text,
    tipo_residente: kinds.text,
    documento: kinds.text,
  },
  confianza: kinds.share,
  proveedor: kinds.text,
  threshold_usado: kinds.share,
  processing_time: kinds.milliseconds,
};
const unknownResult = {
  reconocido: false,
  persona: null,
  confianza: 0,
  proveedor: kinds.text,
  mensaje: kinds.text,
  processing_time: kinds.milliseconds,
};
const statsShape = {
  connected_clients: kinds.count,
  total_frames_processed: kinds.count,
  successful_recognitions: kinds.count,
  failed_recognitions: kinds.count,
  average_processing_time: kinds.number,
  uptime_seconds: kinds.number,
  current_provider: kinds.text,
  available_providers: Array.isArray,
};

function flow(version, io) {
  describe(`socket.io-client ${version}`, () => {
    let relay;
    let receiver;

    const getJson = async (path) => (await fetch(`${relay.url}${path}`)).json();
    const postJson = (path, body) =>
      fetch(`${relay.url}${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });

    /** Connects as the component does, and collects what is sent on connecting. */
    async function connect(options = {}) {
      const socket = io(relay.url, {
        transports: ["websocket", "polling"],
        upgrade: true,
        timeout: 10_000,
        forceNew: true,
        ...options,
      });
      const [[config], [stats]] = await Promise.all([once(socket, "config"), once(socket, "stats")]);
      return { socket, config, stats };
    }

    /** Sends one frame and gives its result. */
    async function recognize(socket, frame) {
      const result = new Promise((resolve, reject) => {
        const onResult = (answer) => {
          if (answer.frame_id !== frame.frame_id) return;
          socket.off("recognition_result", onResult);
          resolve(answer);
        };
        socket.on("recognition_result", onResult);
        socket.once("error", (error) => reject(new Error(`${error.code}: ${error.message}`)));
      });
      socket.emit("process_frame", frame);
      return result;
    }

    before(async () => {
      receiver = await startReceiver();
      relay = await startRelay({
        NEXTJS_WEBHOOK_URL: receiver.url,
        FACIAL_RECOGNITION_WEBHOOK_SECRET: SECRET,
      });
      const enrolled = await postJson("/api/register", { name: KNOWN, encoding: await encodingOf("obama-2012") });
      assert.equal(enrolled.status, 200);
    }, LIMIT);

    after(async () => {
      await relay?.stop();
      await receiver?.stop();
    });

    describe("before connecting", () => {
      for (const slash of ["/", ""]) {
        test(`GET /webrtc/status${slash}`, LIMIT, async () => {
          assertShape(await getJson(`/webrtc/status${slash}`), {
            status: "ok",
            server: kinds.text,
            port: relay.port,
            message: kinds.text,
            endpoints: { status: kinds.text, test: kinds.text, face: kinds.text },
          });
        });

        test(`GET and POST /webrtc/test${slash}`, LIMIT, async () => {
          assertShape(await getJson(`/webrtc/test${slash}`), { message: kinds.text, method: "GET" });
          const sent = { hola: "¿qué tal?", n: [1, 2.5] };
          const answer = await postJson(`/webrtc/test${slash}`, sent);
          assertShape(await answer.json(), {
            status: "success",
            message: kinds.text,
            received_data: sent,
            method: "POST",
          });
        });
      }

      test("bad JSON is said to be so", LIMIT, async () => {
        const answer = await fetch(`${relay.url}/webrtc/test/`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: "{",
        });
        assert.equal(answer.status, 400);
        assert.deepEqual(await answer.json(), { status: "error", message: "JSON inválido" });
      });
    });

    describe("Socket.IO", () => {
      for (const [name, options] of [
        ["websocket first", {}],
        ["polling, then an upgrade", { transports: ["polling", "websocket"] }],
        ["polling alone", { transports: ["polling"], upgrade: false }],
        ["websocket alone", { transports: ["websocket"] }],
      ]) {
        test(`config and stats on connecting: ${name}`, LIMIT, async () => {
          const { socket, config, stats } = await connect(options);
          assertShape(config, {
            provider: kinds.text,
            max_fps: kinds.count,
            supported_formats: ["image/jpeg", "image/png", "image/webp"],
            max_resolution: { width: 1280, height: 720 },
          });
          assertShape(stats, statsShape);
          socket.disconnect();
        });
      }

      test("frames at 10 a second are answered with the enrolled name", LIMIT, async () => {
        const { socket } = await connect();
        const image = dataUrl("obama-2012");
        const results = [];
        socket.on("recognition_result", (result) => results.push(result));
        const errors = [];
        socket.on("error", (error) => errors.push(error));
        const sent = new Map();
        for (let frame_id = 1; frame_id <= FRAMES; frame_id++) {
          const timestamp = Date.now();
          sent.set(frame_id, timestamp);
          socket.emit("process_frame", { image, frame_id, quality: 0.8, timestamp });
          await sleep(FRAME_INTERVAL_MS);
        }
        // The newest frame is never the one that is left out when more come than can be recognised.
        while (errors.length === 0 && results.at(-1)?.frame_id !== FRAMES && socket.connected) await sleep(25);
        assert.deepEqual(errors, []);
        for (const result of results) {
          assertShape(result, { ...knownResult, timestamp: sent.get(result.frame_id) });
          assert.ok(sent.has(result.frame_id), `frame ${result.frame_id} was never sent`);
        }
        const order = results.map((result) => result.frame_id);
        assert.deepEqual(order, [...new Set(order)].sort((a, b) => a - b), "each frame once, in order");

        socket.emit("get_stats");
        const [stats] = await once(socket, "stats");
        assertShape(stats, statsShape);
        assert.ok(stats.total_frames_processed >= results.length);
        assert.ok(stats.successful_recognitions >= results.length);
        socket.emit("reset_stats");
        assertShape((await once(socket, "stats"))[0], { ...statsShape, total_frames_processed: 0 });
        socket.disconnect();
      });

      test("a face that nobody enrolled stays unknown", LIMIT, async () => {
        const { socket } = await connect();
        const frame = { image: dataUrl("biden-2010"), frame_id: 7, timestamp: 1_700_000_000_000 };
        assertShape(await recognize(socket, frame), { ...unknownResult, frame_id: 7, timestamp: frame.timestamp });
        socket.disconnect();
      });

      test("a frame without a picture, and one that is none, are INVALID_DATA", LIMIT, async () => {
        const { socket } = await connect();
        for (const frame of [{ frame_id: 8 }, { image: "data:image/jpeg;base64,bm8=", frame_id: 9 }]) {
          socket.emit("process_frame", frame);
          const [error] = await once(socket, "error");
          assertShape(error, { message: kinds.text, code: "INVALID_DATA", frame_id: frame.frame_id });
        }
        socket.disconnect();
      });

      test("a provider that does not exist is refused, one that does is taken", LIMIT, async () => {
        const { socket, stats } = await connect();
        socket.emit("change_provider", { provider: "no-such-model" });
        const [error] = await once(socket, "error");
        assertShape(error, { message: kinds.text, code: "PROVIDER_NOT_AVAILABLE" });
        for (const provider of stats.available_providers) {
          socket.emit("change_provider", { provider });
          const [config] = await once(socket, "config");
          assert.equal(config.provider, provider);
        }
        socket.disconnect();
      });
    });

    describe("a capture by hand", () => {
      test("goes by both channels, counts once, and says so", LIMIT, async () => {
        const { socket } = await connect();
        const before = await getJson("/api/stats");
        const capture_id = randomUUID();
        const image = dataUrl("obama-2009");
        const timestamp = new Date().toISOString();
        const [rest, live] = await Promise.all([
          postJson("/webrtc/face/", { image, timestamp, source: "manual_capture", quality: 0.9, capture_id }),
          recognize(socket, { image, frame_id: 99, quality: 0.9, timestamp: 12.5, capture_id }),
        ]);
        assert.equal(rest.status, 200);
        const answer = await rest.json();
        assertShape(answer, {
          status: "success",
          message: kinds.text,
          recognized: true,
          confidence: kinds.share,
          faces_detected: 1,
          person: {
            id: kinds.text,
            nombre: KNOWN,
            unidad: kinds.text,
            tipo: kinds.text,
            documento: kinds.text,
            activo: true,
          },
          processing_time: kinds.milliseconds,
          details: { tolerance_used: kinds.share, provider: kinds.text, processing_time: kinds.milliseconds },
          timestamp,
        });
        assertShape(live, { ...knownResult, frame_id: 99, timestamp: 12.5 });
        assert.equal(live.persona.id, answer.person.id);

        const later = [answer, live].find((one) => one.hybrid === true);
        assert.ok(later, "the channel that came second says that the capture is hybrid");
        assert.equal(later.capture_id, capture_id);
        assert.deepEqual([...later.channels].sort(), ["rest", "socket"]);
        const stats = await getJson("/api/stats");
        assert.equal(stats.total_detections, before.total_detections + 1);
        const { events } = await getJson("/v1/events?limit=50");
        assert.equal(events.filter((event) => event.capture_id === capture_id).length, 1);
        socket.disconnect();
      });

      test("reaches the webhook once, with the secret, and without picture or encoding", LIMIT, async () => {
        const before = receiver.deliveries.length;
        const answer = await postJson("/webrtc/face/", {
          image: dataUrl("obama-2012"),
          timestamp: new Date().toISOString(),
          camera_id: "puerta-1",
        });
        assert.equal(answer.status, 200);
        const isOurs = ({ body }) => body.camera_id === "puerta-1";
        const deliveries = await receiver.until((all) => all.slice(before).some(isOurs));
        const ours = deliveries.filter(isOurs);
        assert.equal(ours.length, 1);
        assert.ok(ours[0].authorized);
        assertShape(ours[0].body, { result: { ...resultObject, name: KNOWN }, camera_id: "puerta-1" });
        const text = JSON.stringify(ours[0].body);
        assert.ok(!text.includes("embedding") && !text.includes("base64") && text.length < 2_000, text);
        assert.ok(!relay.log().includes(SECRET), "the secret is in the log");
      });

      test("as a file in a form", LIMIT, async () => {
        const form = new FormData();
        const bytes = Buffer.from(dataUrl("obama-2012").split(",")[1], "base64");
        form.set("frame", new Blob([bytes], { type: "image/png" }), "foto.png");
        const answer = await fetch(`${relay.url}/webrtc/face/`, { method: "POST", body: form });
        assert.equal(answer.status, 200);
        assertShape(await answer.json(), { status: "success", recognized: true, faces_detected: 1 });
      });

      test("a picture without a face, and what is no picture", LIMIT, async () => {
        const grey =
          "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";
        const empty = await postJson("/webrtc/face/", { image: grey, timestamp: "t" });
        assertShape(await empty.json(), {
          status: "success",
          recognized: false,
          confidence: 0,
          faces_detected: 0,
          person: null,
          timestamp: "t",
        });
        for (const body of [{}, { image: "no es una imagen" }]) {
          const answer = await postJson("/webrtc/face/", body);
          assert.equal(answer.status, 400);
          assertShape(await answer.json(), { status: "error", message: kinds.text });
        }
        const wrongMethod = await fetch(`${relay.url}/webrtc/face/`);
        assert.equal(wrongMethod.status, 405);
        assertShape(await wrongMethod.json(), { error: kinds.text });
      });
    });
  });
}

flow("4.8", io48);
flow("4.0", io40);
