import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "socket.io";
import type { Channel } from "../../src/generated/Channel.js";
import type { ErrorBody } from "../../src/generated/ErrorBody.js";
import type { GalleryList } from "../../src/generated/GalleryList.js";
import type { Receipt } from "../../src/generated/Receipt.js";
import type { Report } from "../../src/generated/Report.js";
import type { ReportAck } from "../../src/generated/ReportAck.js";

const EMPTY: GalleryList = {
  model: "sface-2021dec",
  threshold: 1.1,
  stranger_named_one_in: 1000,
  entries: [],
  own_rates: [],
  negatives: [],
  version: "a-1",
};

/** A report as it came in. */
export interface Arrived {
  channel: Channel;
  report: Report;
}

/** What a channel does with a report: stores it, refuses it, or says nothing. */
export type Conduct = "store" | "silent" | ErrorBody;

/** A relay with a real HTTP server and a real Socket.IO server, and a memory for a database. */
export class RelayServer {
  readonly arrived: Arrived[] = [];
  readonly requests: { method: string; path: string; authorization: string | undefined; body: unknown }[] = [];
  readonly handshakes: unknown[] = [];
  rest: Conduct = "store";
  socket: Conduct = "store";
  etag = '"1"';
  gallery: Partial<GalleryList> = {};
  /** Who takes a camera's pictures now; each is given the first at once. */
  readonly viewers = new Set<ServerResponse>();
  #http = this.#made();
  #io: Server | undefined;
  #port = 0;

  async start(options: { socket: boolean } = { socket: true }): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(this.#port, "127.0.0.1", resolve));
    const address: AddressInfo | string | null = this.#http.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.#port = address.port;
    if (options.socket) this.startSocket();
    return this;
  }

  #made(): HttpServer {
    return createServer((request, response) => void this.#answer(request, response));
  }

  startSocket(): void {
    this.#io = new Server(this.#http, { cors: { origin: "*" } });
    this.#io.on("connection", (socket) => this.#connected(socket));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  emit(event: string, payload: unknown): void {
    this.#io?.emit(event, payload);
  }

  /** Drops every socket; clients connect again. */
  dropSockets(): void {
    for (const socket of this.#io?.sockets.sockets.values() ?? []) socket.conn.close();
  }

  /** May be started again, on the same port. */
  async stop(): Promise<void> {
    this.#http.closeAllConnections();
    await this.#io?.close();
    await new Promise((resolve) => this.#http.close(resolve));
    this.#io = undefined;
    // Socket.IO stays attached to the one it had.
    this.#http = this.#made();
  }

  #connected(socket: Socket): void {
    this.handshakes.push(socket.handshake.auth);
    socket.on("report", (report: Report, ack: (answer: ReportAck) => void) => {
      if (this.socket === "silent") this.arrived.push({ channel: "socket", report });
      else if (this.socket === "store") ack({ ok: true, receipt: this.#store("socket", report) });
      else ack({ ok: false, error: this.socket });
    });
  }

  #store(channel: Channel, report: Report): Receipt {
    const before = this.arrived.filter((one) => one.report.capture_id === report.capture_id);
    this.arrived.push({ channel, report });
    const channels = [...new Set([...before.map((one) => one.channel), channel])].sort();
    return {
      capture_id: report.capture_id,
      faces: [],
      channels,
      hybrid: channels.length === 2,
      duplicate: before.length > 0,
      received_at: "2026-11-22T00:00:00Z",
    };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "";
    const path = request.url ?? "";
    if (path.startsWith("/socket.io")) {
      // Socket.IO answers for itself, where it was started.
      if (this.#io === undefined) response.writeHead(404).end();
      return;
    }
    response.setHeader("access-control-allow-origin", "*");
    if (method === "OPTIONS") {
      response.setHeader("access-control-allow-headers", "*").writeHead(204).end();
      return;
    }
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    this.requests.push({ method, path, authorization: request.headers.authorization, body });
    if (this.rest === "silent") return;
    if (this.rest !== "store") {
      json(response, this.rest.code === "busy" ? 503 : 400, { error: this.rest });
    } else if (path.startsWith("/v1/cameras")) {
      this.#camera(path, method, response);
    } else if (path === "/v1/reports") {
      const report: Report = JSON.parse(text);
      json(response, 200, this.#store("rest", report));
    } else if (path.startsWith("/v1/gallery")) {
      const known = request.headers["if-none-match"] === this.etag;
      if (known) response.writeHead(304, { etag: this.etag }).end();
      else json(response, 200, { ...EMPTY, ...this.gallery }, { etag: this.etag });
    } else if (path === "/v1/people" && method === "GET") {
      json(response, 200, { people: [] });
    } else if (path.endsWith("/correction")) {
      json(response, 200, { id: 7, correctable: true });
    } else if (method === "DELETE" && path.endsWith("/7")) {
      response.writeHead(204).end();
    } else if (method === "DELETE") {
      json(response, 404, { error: { code: "not-found", message: "there is no such person" } });
    } else if (path === "/v1/settings" || path.startsWith("/v1/upgrades") || method === "PATCH") {
      json(response, 200, {});
    } else if (path === "/v1/people") {
      json(response, 200, { id: "7", name: "Ana" });
    } else if (path.startsWith("/v1/events")) {
      json(response, 200, { events: [] });
    } else {
      response.writeHead(502, { "content-type": "text/html" }).end("<h1>bad gateway</h1>");
    }
  }

  #camera(path: string, method: string, response: ServerResponse): void {
    const [, id, what] = /^\/v1\/cameras(?:\/([^/]+)(?:\/(\w+))?)?$/u.exec(path) ?? [];
    if (id === undefined) return json(response, method === "POST" ? 201 : 200, method === "POST" ? { id: "door" } : { cameras: [{ id: "default" }] });
    if (id !== "door") return json(response, 404, { error: { code: "not-found", message: "there is no camera by that id" } });
    if (method === "DELETE") return void response.writeHead(204).end();
    if (what === "snapshot") return void response.writeHead(200, { "content-type": "image/jpeg" }).end("jpeg");
    if (what !== "feed") return json(response, 200, { id });
    response.writeHead(200, { "content-type": "multipart/x-mixed-replace; boundary=frame" });
    response.write("--frame\r\n");
    this.viewers.add(response);
    response.on("close", () => this.viewers.delete(response));
  }
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
