/** A webhook receiver as the Next.js app has one: it wants the secret, and answers 201 with a detection. */
import { createServer } from "node:http";
import { once } from "node:events";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

const WAIT_MS = 50_000;
export const SECRET = "a-secret-of-the-client-tests";

/** Starts a receiver. `deliveries` holds `{authorized, body}` for each request so far. */
export async function startReceiver() {
  const deliveries = [];
  const server = createServer(async (request, response) => {
    const body = await json(request);
    const authorized = request.headers.authorization === `Bearer ${SECRET}`;
    deliveries.push({ authorized, body, path: request.url });
    response.setHeader("content-type", "application/json");
    if (!authorized) {
      response.writeHead(401).end(JSON.stringify({ error: "Unauthorized" }));
      return;
    }
    const detection = { id: "d1", status: "UNKNOWN", clientId: null, confidence: 0, occurredAt: body.timestamp };
    response.writeHead(201).end(JSON.stringify({ success: true, detection }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}/api/facial-recognition/webhook`,
    deliveries,
    /** Resolves with the deliveries once `enough` of them is true. */
    async until(enough) {
      for (const start = Date.now(); !enough(deliveries); await sleep(25)) {
        if (Date.now() - start > WAIT_MS) throw new Error(`only ${deliveries.length} deliveries came`);
      }
      return deliveries;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
