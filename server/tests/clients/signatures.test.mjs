/** Deliveries as they are really sent, checked by the npm package `standardwebhooks`. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

import { dataUrl, startRelay } from "./relay.mjs";

const LIMIT = { timeout: 60_000 };
const [NEW, OLD] = ["bnVldm8gc2VjcmV0bw==", "dmllam8gc2VjcmV0bw=="].map((base64) => `whsec_${base64}`);

describe("signatures", () => {
  const sent = [];
  const server = createServer(async (request, response) => {
    sent.push({ path: request.url, headers: request.headers, body: await text(request) });
    response.writeHead(201).end("{}");
  });
  let relay;
  let url;

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${server.address().port}`;
    relay = await startRelay({
      NEXTJS_WEBHOOK_URL: `${url}/env`,
      FACIAL_RECOGNITION_WEBHOOK_SECRET: NEW,
      FACIAL_RECOGNITION_WEBHOOK_SECRET_PREVIOUS: OLD,
      ROSTRO_ALLOWED_WEBHOOK_HOSTS: "127.0.0.1",
    });
  }, LIMIT);

  after(async () => {
    await relay?.stop();
    server.closeAllConnections();
    server.close();
  });

  const postJson = async (path, body) => {
    const answer = await fetch(`${relay.url}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  };

  /** Something is seen; what comes of it at `path`. */
  async function delivery(path) {
    const from = sent.length;
    await postJson("/webrtc/face/", { image: dataUrl("obama-2012") });
    for (;;) {
      const one = sent.slice(from).find((delivery) => delivery.path === path);
      if (one) return one;
      await sleep(20);
    }
  }

  const verified = (secret, { body, headers }) => new Webhook(secret).verify(body, headers);
  const refused = (secret, delivery) => assert.throws(() => verified(secret, delivery), WebhookVerificationError);

  test("a delivery is right under either secret while one is changed, and under no other", LIMIT, async () => {
    const one = await delivery("/env");
    assert.deepEqual(verified(NEW, one), JSON.parse(one.body));
    assert.deepEqual(verified(OLD, one), JSON.parse(one.body));
    refused(`whsec_${btoa("otro secreto")}`, one);
    assert.equal(one.headers.authorization, `Bearer ${NEW}`);
  });

  test("what was altered is refused", LIMIT, async () => {
    const { body, headers } = await delivery("/env");
    refused(NEW, { headers, body: body.replace("Desconocido", "Presidente") });
    refused(NEW, { headers, body: `${body} ` });
    refused(NEW, { body, headers: { ...headers, "webhook-id": "msg_otro" } });
    refused(NEW, { body, headers: { ...headers, "webhook-signature": headers["webhook-signature"].replaceAll("v1,", "v1,A") } });
  });

  test("a time that is more than five minutes off is refused", LIMIT, async () => {
    const { body, headers } = await delivery("/env");
    const at = Number(headers["webhook-timestamp"]);
    for (const off of [-301, 301]) {
      const moved = { ...headers, "webhook-timestamp": String(at + off) };
      // Even if it were signed for that time.
      const signature = new Webhook(NEW).sign(headers["webhook-id"], new Date((at + off) * 1000), body);
      refused(NEW, { body, headers: moved });
      refused(NEW, { body, headers: { ...moved, "webhook-signature": signature } });
    }
  });

  test("a webhook of the API is signed with its own secret, and with the one before for a day", LIMIT, async () => {
    const { id, secret } = await postJson("/v1/webhooks", { url: `${url}/api` });
    const first = await delivery("/api");
    verified(secret, first);
    refused(NEW, first);
    assert.equal(first.headers.authorization, undefined);
    const changed = await postJson(`/v1/webhooks/${id}/secret`, {});
    assert.notEqual(changed.secret, secret);
    const second = await delivery("/api");
    verified(changed.secret, second);
    verified(secret, second);
  });
});
