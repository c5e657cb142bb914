/** A network between a client and the relay that can break: connections that are reset, that hang, that are refused. */
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** The head of a request at the beginning of what a client sends. */
const HEAD = /^[A-Z]+ (\S+) HTTP\/1\.1\r\n[\s\S]*?\r\n\r\n/;

/** A network to `port`, at first whole. */
export async function startNetwork(port) {
  const pairs = new Set();
  let isDown = false;
  let isRefused = () => false;

  const server = createServer((client) => {
    const relay = connect(port, "127.0.0.1");
    const pair = { client, relay };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.resetAndDestroy();
      relay.resetAndDestroy();
    };
    for (const side of [client, relay]) side.setNoDelay(true).on("error", end).on("close", end);
    if (isDown) return end();
    client.on("data", (bytes) => {
      if (pair.hangs) return;
      const [head, path] = HEAD.exec(bytes.toString("latin1")) ?? [];
      if (head && isRefused(path, head)) return end();
      relay.write(bytes);
    });
    relay.on("data", (bytes) => {
      if (!pair.hangs) client.write(bytes);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const reset = () => {
    for (const { client } of pairs) client.destroy();
  };
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Every connection is reset, and new ones too. */
    cut() {
      isDown = true;
      reset();
    },
    /** Nothing gets through any more, and nobody is told. */
    hang() {
      isDown = true;
      for (const pair of pairs) pair.hangs = true;
    },
    /** New connections get through; those that hung are reset, as by a router that has forgotten them. */
    heal() {
      isDown = false;
      for (const pair of pairs) if (pair.hangs) pair.client.destroy();
    },
    /** Connections are reset on requests that `matches(path, head)` is true of. */
    refuse(matches) {
      isRefused = matches;
      reset();
    },
    async stop() {
      reset();
      server.close();
      await once(server, "close");
    },
  };
}

export const isWebSocket = (_, head) => /\r\nupgrade: websocket\r\n/i.test(head);
export const isSocketIo = (path) => path.startsWith("/socket.io");
export const isRest = (path) => !isSocketIo(path);
