import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { isGoodFor, keptCertificate, makeCertificate } from "./certificate.mjs";
import { createLanServer, isOfTheRelay, pathOf } from "./server.mjs";

const HOST = "127.0.0.1";
const NOW = new Date();
const DAY_MS = 86_400_000;

function laterBy(days) {
  return new Date(NOW.getTime() + days * DAY_MS);
}

describe("the certificate", () => {
  it("is for its address alone, and ends within weeks", async () => {
    const pem = await makeCertificate("192.168.1.20", NOW);
    const certificate = new X509Certificate(pem);
    expect(certificate.subjectAltName).toBe("IP Address:192.168.1.20");
    expect(certificate.ca).toBe(false);
    expect(isGoodFor(pem, "192.168.1.20", NOW)).toBe(true);
    expect(isGoodFor(pem, "192.168.1.21", NOW)).toBe(false);
    expect(isGoodFor(pem, "192.168.1.20", laterBy(27))).toBe(true);
    expect(isGoodFor(pem, "192.168.1.20", laterBy(29))).toBe(false);
    expect(isGoodFor(pem.slice(pem.indexOf("-----BEGIN CERTIFICATE")), "192.168.1.20", NOW)).toBe(false);
  });

  it("is kept for this user alone, and made anew for another address or when it cannot be read", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "rostro-lan-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, "below", "lan.pem");
    const first = await keptCertificate(file, HOST, NOW);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await keptCertificate(file, HOST, laterBy(1))).toEqual(first);
    const other = await keptCertificate(file, "10.0.0.9", NOW);
    expect(other.fingerprint).not.toBe(first.fingerprint);
    writeFileSync(file, "PRIVATE KEY, but not really", { mode: 0o644 });
    const again = await keptCertificate(file, "10.0.0.9", NOW);
    expect(again.fingerprint).not.toBe(other.fingerprint);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

it.each([
  ["/", false],
  ["/v1", true],
  ["/v1/people?limit=1", true],
  ["/v10", false],
  ["/socket.io/?EIO=4", true],
  ["/webrtc/status/", true],
  ["/metrics", false],
  ["/api/status", false],
  ["/V1/people", false],
  ["//v1/people", false],
  ["/people?to=/v1/people", false],
])("%s is the relay's: %s", (target, isIts) => expect(isOfTheRelay(pathOf(target))).toBe(isIts));

/** A server of this machine that says what it was asked. */
async function listening(server) {
  await new Promise((resolve) => server.listen(0, HOST, resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return server.address().port;
}

function echo(name) {
  const server = createServer((asked, answer) => answer.end(JSON.stringify({ name, url: asked.url, headers: asked.headers })));
  server.on("upgrade", (asked, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    socket.end(`${name} ${asked.url} ${asked.headers["x-forwarded-for"]}`);
  });
  return server;
}

describe("the door to the network", () => {
  async function open(over = {}) {
    const pem = await makeCertificate(HOST, NOW);
    const [web, relay] = await Promise.all([listening(echo("web")), listening(echo("relay"))]);
    const targets = { web: `http://${HOST}:${web}`, relay: `http://${HOST}:${relay}`, ...over };
    const port = await listening(createLanServer({ pem, ...targets }));
    // Trusted here, and so checked: that it is for this address, and that it is valid now.
    return { host: HOST, port, ca: pem, agent: false };
  }

  function ask(options) {
    return new Promise((resolve, reject) => {
      const asking = request(options, (answer) => {
        let text = "";
        answer.on("data", (part) => (text += part));
        answer.on("end", () => resolve({ status: answer.statusCode, text }));
      });
      asking.on("upgrade", (answer, socket, head) => {
        let text = String(head);
        socket.on("data", (part) => (text += part));
        socket.on("end", () => resolve({ status: answer.statusCode, text }));
      });
      asking.on("error", reject);
      asking.end();
    });
  }

  it("says who called by which name, whatever the caller says of it", async () => {
    const door = await open();
    const claims = { "x-forwarded-for": "10.9.9.9", "x-forwarded-host": "elsewhere.example", "x-forwarded-proto": "http", forwarded: "for=10.9.9.9", "x-real-ip": "10.9.9.9" };
    for (const [target, name] of [["/people?q=1", "web"], ["/v1/people?q=1", "relay"]]) {
      const { status, text } = await ask({ ...door, path: target, headers: claims });
      const { headers, ...asked } = JSON.parse(text);
      expect([status, asked]).toEqual([200, { name, url: target }]);
      expect(headers).toMatchObject({
        host: `${HOST}:${door.port}`,
        "x-forwarded-for": HOST,
        "x-forwarded-host": `${HOST}:${door.port}`,
        "x-forwarded-proto": "https",
      });
      expect(JSON.stringify(headers)).not.toMatch(/10\.9\.9\.9|elsewhere/u);
    }
  });

  it("lets sockets through to the relay alone", async () => {
    const door = await open();
    const headers = { connection: "Upgrade", upgrade: "websocket", "x-forwarded-for": "10.9.9.9" };
    expect(await ask({ ...door, path: "/socket.io/?EIO=4", headers })).toEqual({ status: 101, text: `relay /socket.io/?EIO=4 ${HOST}` });
    await expect(ask({ ...door, path: "/_next/webpack-hmr", headers })).rejects.toThrow(/hang up|ECONNRESET/u);
  });

  it("says so while nobody answers behind it", async () => {
    const door = await open({ web: `http://${HOST}:9` });
    expect((await ask({ ...door, path: "/" })).status).toBe(502);
  });
});
