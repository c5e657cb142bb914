/** Serves files below named folders; every contestant is on a site of its own, so that it has a process of its own. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { pipeline } from "node:stream/promises";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".jpg": "image/jpeg",
};

/** What makes a page isolated, so that it may measure its memory. It may have threads then, too. */
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** The file that `url` asks for, or undefined: `mounts` are folders by the first part of a path. */
export function fileOf(url, mounts) {
  const path = decodeURIComponent(new URL(url, "http://site").pathname);
  const [, first, ...rest] = path.split("/");
  const folder = mounts[first];
  const inside = normalize(rest.join("/"));
  if (folder === undefined || inside.startsWith("..") || inside === ".") return undefined;
  return join(folder, inside);
}

/** A line that carries `bytesPerSecond`, whoever sends: gives how many milliseconds from `now` the last byte has gone. */
export function line(bytesPerSecond) {
  let freeAtMs = 0;
  return (bytes, now) => {
    freeAtMs = Math.max(freeAtMs, now) + (1000 * bytes) / bytesPerSecond;
    return freeAtMs - now;
  };
}

/** Lets chunks through as a line has carried them. */
function paced(carry) {
  return async function* (chunks) {
    for await (const chunk of chunks) {
      await new Promise((done) => setTimeout(done, carry(chunk.length, performance.now())));
      yield chunk;
    }
  };
}

/**
 * Starts it on a free port of this machine. `bytesPerSecond` is what all answers together are held to. `brotli` names the
 * compressed form of files; files have no other. Pages are not `isolated` unless that is asked for, so they have no
 * shared memory, and so no threads.
 */
export async function serve(mounts, { maxAge = 3600, bytesPerSecond = Infinity, brotli = new Map(), isolated = false } = {}) {
  const carry = line(bytesPerSecond);
  const server = createServer(async (request, response) => {
    const asked = fileOf(request.url, mounts);
    const file = brotli.get(asked) ?? asked;
    const found = file && (await stat(file).catch(() => undefined));
    if (!found?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(asked)] ?? "application/octet-stream",
      "content-length": found.size,
      "cache-control": `max-age=${maxAge}`,
      ...(file === asked ? {} : { "content-encoding": "br" }),
      ...(isolated ? ISOLATED : {}),
    });
    const stream = createReadStream(file, { highWaterMark: 16384 });
    const sent = bytesPerSecond === Infinity ? pipeline(stream, response) : pipeline(stream, paced(carry), response);
    await sent.catch(() => response.destroy());
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  return { url: (site) => `http://${site}.localhost:${port}`, close: () => server.close() };
}
