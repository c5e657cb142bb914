/**
 * A telephone on the same network: the app and the relay on one address over HTTPS, as `cargo xtask start --lan` serves
 * them, with a first account of its own. The network is this machine's own here.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";

import { devices, expect, test, type Browser } from "@playwright/test";

import { openBrowser } from "./camera";
import { makeClip } from "./clips";
import { ENROLLED, RELAY, WORK } from "./environment";

const APP = path.join(import.meta.dirname, "..");
const HOST = "127.0.0.1";
const CODE = "c0de-of-the-test";
const FIRST = { name: "Telma Teléfono", email: "telma@example.org", password: "on the same network" };
const DATA = path.join(WORK, "phone");

let origin: string;
const running: ChildProcess[] = [];
let browser: Browser;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  await rm(DATA, { recursive: true, force: true });
  await mkdir(DATA, { recursive: true });
  const plain = await openBrowser();
  await makeClip(plain, ENROLLED);
  await plain.close();
  browser = await openBrowser(ENROLLED);
  const [webPort, lanPort] = await Promise.all([freePort(), freePort()]);
  origin = `https://${HOST}:${lanPort}`;
  const web = `http://${HOST}:${webPort}`;
  run(["node_modules/next/dist/bin/next", "start", "--hostname", HOST, "--port", String(webPort)], {
    NEXT_PUBLIC_API_URL: origin,
    ROSTRO_RELAY_URL: RELAY,
    ROSTRO_WEB_DATA: DATA,
    ROSTRO_WEB_HOSTS: HOST,
    ROSTRO_WEB_SETUP_CODE: CODE,
  });
  const certificate = path.join(DATA, "lan.pem");
  run(["scripts/lan.mjs", "--host", HOST, "--port", String(lanPort), "--web", web, "--relay", RELAY, "--certificate", certificate], {});
  await expect.poll(() => fetch(`${web}/sw.js`).then(({ status }) => status, () => 0)).toBe(200);
});

test.afterAll(async () => {
  await browser.close();
  for (const child of running) child.kill();
});

function run(command: string[], environment: Record<string, string>): void {
  running.push(spawn(process.execPath, command, { cwd: APP, env: { ...process.env, ...environment }, stdio: ["ignore", "ignore", "inherit"] }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("there is no free port");
  return address.port;
}

test("makes the first account by the code in the address, and recognises with everything on one origin", async () => {
  const context = await browser.newContext({ ...devices["Pixel 7"], baseURL: origin, locale: "en-US", ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const said: string[] = [];
  page.on("pageerror", (error) => said.push(error.message));
  page.on("console", (message) => {
    if (/Content.Security.Policy|Mixed Content/iu.test(message.text())) said.push(message.text());
  });
  const asked = new Set<string>();
  page.on("request", (request) => asked.add(new URL(request.url()).host));
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));

  await page.goto(`/welcome#code=${CODE}`);
  expect(await page.evaluate(() => window.isSecureContext)).toBe(true);
  for (const field of ["name", "email", "password"] as const) await page.getByTestId(`account-${field}`).fill(FIRST[field]);
  await expect(page.getByTestId("account-code")).toHaveValue(CODE);
  await expect(page).toHaveURL(`${origin}/welcome`);
  await page.getByTestId("first-account").click();
  await expect(page).toHaveURL(`${origin}/`);
  const cookies = await context.cookies();
  expect(cookies.filter(({ name }) => name.includes("session")).map(({ secure, httpOnly }) => [secure, httpOnly])).toContainEqual([true, true]);

  await page.locator(".rostro-start").click();
  await expect(page.locator(".rostro-stage")).toHaveAttribute("data-camera", "on");
  await expect(page.locator(".rostro-face").first()).toBeVisible();
  await expect(page.getByTestId("relay-rest")).toHaveAttribute("data-state", "up");
  await expect(page.getByTestId("relay-socket")).toHaveAttribute("data-state", "up");
  await expect(page.getByTestId("result").first()).toContainText("Checked by the relay");
  expect(sockets.map((address) => address.split("?")[0])).toContain(`${origin.replace("https", "wss")}/socket.io/`);
  await page.screenshot({ path: path.join(WORK, "phone.png") });

  await page.goto("/kiosk");
  await expect(page.locator(".rostro-face").first()).toBeVisible();
  expect([...asked].filter((host) => host !== new URL(origin).host && host !== "")).toEqual([]);
  expect(said).toEqual([]);
  await context.close();
});

test("whoever has no account gets in nowhere, under no other name", async () => {
  const context = await browser.newContext({ baseURL: origin, ignoreHTTPSErrors: true });
  const { request } = context;
  for (const address of ["/people", "/metrics", "/api/status"]) {
    const answer = await request.get(address, { maxRedirects: 0 });
    const to = answer.headers()["location"] ?? "";
    expect([address, answer.status(), new URL(to || "/", origin).origin]).toEqual([address, to ? 307 : 401, origin]);
  }
  const named = { "x-forwarded-host": "elsewhere.example", origin: "https://elsewhere.example" };
  expect((await request.post("/api/accounts/first", { data: FIRST, headers: named })).status()).toBe(403);
  expect((await request.get("/sign-in", { headers: { host: "elsewhere.example" } })).status()).toBe(421);
  await context.close();
});
