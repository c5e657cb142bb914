/** A camera of the network as cheap ones are: motion JPEG over HTTP, with Basic login, of a clip that goes on and on. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const FRAME_MS = 100;
const START_OF_IMAGE = Buffer.from([0xff, 0xd8, 0xff]);

export class NetworkCamera {
  password: string;
  readonly #user: string;
  #frames: readonly Buffer[] = [];
  #server: Server | null = null;
  #port = 0;
  readonly #watching = new Set<ServerResponse>();

  constructor({ user, password }: { user: string; password: string }) {
    this.#user = user;
    this.password = password;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/stream`;
  }

  /** Who reads the stream now. */
  get watchers(): number {
    return this.#watching.size;
  }

  /** Sends the frames of that clip, which is JPEG files one after the other. */
  async start(clip: string): Promise<void> {
    this.#frames = framesOf(await readFile(clip));
    await this.resume();
  }

  /** Is there again after {@link stop}, at the same address. */
  async resume(): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Is gone, in the middle of a stream. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const login = Buffer.from(`${this.#user}:${this.password}`).toString("base64");
    if (request.headers.authorization !== `Basic ${login}`) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="camera"' }).end();
      return;
    }
    response.writeHead(200, { "content-type": "multipart/x-mixed-replace; boundary=clip" });
    let index = 0;
    const timer = setInterval(() => {
      const frame = this.#frames[index++ % this.#frames.length];
      if (frame === undefined || response.writableNeedDrain) return;
      response.write(`--clip\r\nContent-Type: image/jpeg\r\nContent-Length: ${frame.length}\r\n\r\n`);
      response.write(frame);
      response.write("\r\n");
    }, FRAME_MS);
    this.#watching.add(response);
    response.on("close", () => {
      clearInterval(timer);
      this.#watching.delete(response);
    });
  }
}

function framesOf(clip: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let start = clip.indexOf(START_OF_IMAGE); start !== -1; ) {
    const next = clip.indexOf(START_OF_IMAGE, start + START_OF_IMAGE.length);
    frames.push(clip.subarray(start, next === -1 ? clip.length : next));
    start = next;
  }
  return frames;
}
