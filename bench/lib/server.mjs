/** Serves files below named folders; every contestant is on a site of its own, so that it has a process of its own. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".jpg": "image/jpeg",
};

/** The file that `url` asks for, or undefined: `mounts` are folders by the first part of a path. */
export function fileOf(url, mounts) {
  const path = decodeURIComponent(new URL(url, "http://site").pathname);
  const [, first, ...rest] = path.split("/");
  const folder = mounts[first];
  const inside = normalize(rest.join("/"));
  if (folder === undefined || inside.startsWith("..") || inside === ".") return undefined;
  return join(folder, inside);
}

/**
 * Starts it on a free port of this machine. `counted` is told of the bytes that each path sent.
 * No Cross-Origin-Opener-Policy is sent, so no page has shared memory, and so none has threads.
 */
export async function serve(mounts, { maxAge = 3600, counted = () => undefined } = {}) {
  const server = createServer(async (request, response) => {
    const file = fileOf(request.url, mounts);
    const found = file && (await stat(file).catch(() => undefined));
    if (!found?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-length": found.size,
      "cache-control": `max-age=${maxAge}`,
    });
    counted(request.url, found.size);
    createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  return { url: (site) => `http://${site}.localhost:${port}`, close: () => server.close() };
}
