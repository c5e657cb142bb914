// The one door to the network: what a page asks of the relay goes to the relay, everything else to the web app.
import { createServer } from "node:https";

import { createProxyServer } from "httpxy";

/** What of the relay pages and devices call. What else it serves, its metrics among it, stays on this machine. */
const OF_THE_RELAY = ["/socket.io", "/v1", "/webrtc"];

/** Whether the relay answers that path. */
export function isOfTheRelay(path) {
  return OF_THE_RELAY.some((root) => path === root || path.startsWith(`${root}/`));
}

/** The path of a request's target, without its query. */
export function pathOf(target = "/") {
  return target.split("?", 1)[0];
}

/** An HTTPS server before the `web` app and the `relay`, with the key and certificate of `pem`; it does not listen yet. */
export function createLanServer({ pem, web, relay }) {
  // A connection of its own for each request: one that waits may be closed by the other side at any moment.
  const proxy = createProxyServer({ xfwd: true, agent: false });
  const server = createServer({ key: pem, cert: pem, minVersion: "TLSv1.2" });

  server.on("request", (request, response) => {
    withoutClaims(request.headers);
    const target = isOfTheRelay(pathOf(request.url)) ? relay : web;
    proxy.web(request, response, { target }).catch(() => unanswered(response));
  });

  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    // The web app has no sockets; in production Next listens to none either.
    if (!isOfTheRelay(pathOf(request.url))) return socket.destroy();
    withoutClaims(request.headers);
    proxy.ws(request, socket, { target: relay }, head).catch(() => socket.destroy());
  });

  return server;
}

/** Who called, by which name and how, is said here alone: those behind believe it. */
function withoutClaims(headers) {
  for (const name of Object.keys(headers)) {
    if (name === "forwarded" || name === "x-real-ip" || name.startsWith("x-forwarded-")) delete headers[name];
  }
}

function unanswered(response) {
  if (response.headersSent) return response.destroy();
  response.writeHead(502, { "Content-Type": "text/plain; charset=utf-8" }).end("Rostro does not answer yet.\n");
}
