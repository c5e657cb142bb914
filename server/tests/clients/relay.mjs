/** The real relay, as a process of its own, on a free port and an empty folder. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const repository = path.resolve(import.meta.dirname, "../../..");
const fixtures = path.join(repository, "crates/rostro-testkit/fixtures");
const program = process.env.ROSTRO_PROGRAM ?? path.join(repository, "target/release/rostro");
const environment = { ...process.env, ROSTRO_MODELS: path.join(repository, "models") };

/** The file of a public-domain portrait. */
export function portrait(name) {
  const file = readdirSync(fixtures).find((entry) => path.parse(entry).name === name);
  if (!file) throw new Error(`there is no portrait ${name} in ${fixtures}`);
  return path.join(fixtures, file);
}

/** A portrait as a browser's `canvas.toDataURL` would give it. */
export function dataUrl(name) {
  const file = portrait(name);
  const type = path.extname(file) === ".png" ? "image/png" : "image/jpeg";
  return `data:${type};base64,${readFileSync(file).toString("base64")}`;
}

/** The encoding that Python's `face_recognition` would give, but for a few hundredths. */
export async function encodingOf(name) {
  const { stdout } = await promisify(execFile)(
    program,
    ["embed", "--model", "dlib-resnet-v1", "--json-lines", portrait(name)],
    { env: environment, maxBuffer: 2 ** 24 },
  );
  const { faces } = JSON.parse(stdout);
  if (faces.length !== 1) throw new Error(`${name}: ${faces.length} faces`);
  return faces[0].embedding;
}

async function freePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** Starts a relay on two ports, as where Flask's clients have their own; `stop` ends it and removes its folder. */
export async function startRelay(settings = {}) {
  if (!existsSync(program)) throw new Error(`${program} is missing: cargo build --release -p rostro-server`);
  const folder = await mkdtemp(path.join(tmpdir(), "rostro-clients-"));
  const [port, flaskPort] = [await freePort(), await freePort()];
  const listen = `127.0.0.1:${port},127.0.0.1:${flaskPort}`;
  const relay = spawn(program, ["serve", "--listen", listen, "--data", folder], {
    env: { ...environment, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  relay.stdout.on("data", (text) => (log += text));
  relay.stderr.on("data", (text) => (log += text));
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (relay.exitCode !== null) throw new Error(`the relay ended with ${relay.exitCode}:\n${log}`);
    try {
      await fetch(`${url}/v1/health`);
      break;
    } catch {
      await sleep(50);
    }
  }
  return {
    url,
    port,
    flaskUrl: `http://127.0.0.1:${flaskPort}`,
    log: () => log,
    async stop() {
      if (relay.exitCode === null) {
        relay.kill("SIGTERM");
        await once(relay, "exit");
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
