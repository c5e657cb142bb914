/** Tickets, by the package against the real relay, which wants a key. */
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { createTicketRoute, RelayAdmin, type TicketRequest } from "../../src/next.js";
import { RelayClient, ticketFrom, type RelayState } from "../../src/relay.js";
import { startRelay, type RunningRelay } from "../../../server/tests/clients/relay.mjs";

const KEY = "la-clave-del-rele";

let relay: RunningRelay;
let app: Server;
let appUrl: string;
/** What the app grants; how often it was asked. */
let granted: TicketRequest | null;
let asked = 0;
const clients: RelayClient[] = [];

beforeAll(async () => {
  relay = await startRelay({ ROSTRO_API_KEY: KEY });
  const route = createTicketRoute({
    relay: { url: relay.url, apiKey: KEY },
    allow: () => {
      asked += 1;
      return granted;
    },
  });
  app = createServer((request, response) => {
    void (async () => {
      const headers = new Headers(request.headers as Record<string, string>);
      const answer = await route(new Request(`http://app${request.url}`, { method: "POST", headers }));
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    })();
  });
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  const address = app.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  appUrl = `http://127.0.0.1:${address.port}/api/ticket`;
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  app.closeAllConnections();
  app.close();
  await relay.stop();
});

function client(): RelayClient {
  asked = 0;
  const opened = new RelayClient({ url: relay.url, ticket: ticketFrom(appUrl) });
  clients.push(opened);
  return opened;
}

/** Resolves once the client's socket is as wished. */
async function socketIs(relayClient: RelayClient, state: RelayState["socket"]): Promise<void> {
  if (relayClient.state.socket === state) return;
  await new Promise<void>((resolve) => {
    const end = relayClient.onState((now) => {
      if (now.socket !== state) return;
      end();
      resolve();
    });
  });
}

const face = {
  box: { top: 10, right: 110, bottom: 130, left: 20 },
  score: 0.97,
  model: "sface-2021dec",
  embedding: Array.from({ length: 128 }, (_, index) => Math.cos(index + Math.random())),
};

it("a page with a ticket reports and does nothing else; the key stays on the server", async () => {
  granted = { uses: ["report"], camera_id: "puerta" };
  const page = client();
  await socketIs(page, "up");
  const receipt = await page.report([face]);
  expect(receipt.channels).toEqual(["socket"]);
  await expect(page.people()).rejects.toMatchObject({ code: "forbidden" });
  await expect(page.gallery("sface-2021dec")).rejects.toMatchObject({ code: "forbidden" });
  expect(asked).toBe(1);
  const [event] = await new RelayAdmin({ url: relay.url, apiKey: KEY }).events({ limit: 1 });
  expect(event).toMatchObject({ capture_id: receipt.capture_id, camera_id: "puerta" });
});

it("a ticket that runs out is followed by another, on both channels", async () => {
  granted = { uses: ["report", "events"], lifetime_s: 30 };
  const page = client();
  await socketIs(page, "up");
  await page.events();
  await socketIs(page, "down");
  await socketIs(page, "up");
  await page.report([{ ...face, embedding: face.embedding.map((one) => one + 0.01) }]);
  await page.events();
  expect(asked).toBe(2);
}, 60_000);

it("whom the app lets in gets none, and hears so", async () => {
  granted = null;
  const page = client();
  await expect(page.events()).rejects.toMatchObject({ code: "unauthorized" });
});

it("a page of another site gets none", async () => {
  granted = { uses: ["report"] };
  const answer = await fetch(appUrl, { method: "POST", headers: { origin: "https://evil.example" } });
  expect(answer.status).toBe(403);
});

it("a relay that gives none is told of without its key", async () => {
  granted = { uses: ["report"] };
  const lost = createTicketRoute({ relay: { url: "http://127.0.0.1:9", apiKey: KEY }, allow: () => granted });
  const answer = await lost(new Request("http://app/api/ticket", { method: "POST" }));
  expect(answer.status).toBe(502);
  const text = await answer.text();
  expect(JSON.parse(text)).toMatchObject({ error: { code: "relay-unreachable" } });
  expect(text).not.toContain(KEY);
});
