/** Where the parts run, as `cargo xtask test` says, and whose clips are shown. */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

const TESTKIT = path.join(import.meta.dirname, "../../crates/rostro-testkit");
const FIXTURES = path.join(TESTKIT, "fixtures");

/** The web app. */
export const WEB = process.env["ROSTRO_E2E_WEB"] ?? "http://127.0.0.1:3005";
/** The relay. */
export const RELAY = process.env["ROSTRO_E2E_RELAY"] ?? "http://127.0.0.1:8000";
/** The webhook's secret. */
export const SECRET = process.env["ROSTRO_E2E_SECRET"] ?? "";
/** Where clips, screenshots and results go. */
export const WORK = process.env["ROSTRO_E2E_WORK"] ?? path.join(import.meta.dirname, "../../target/e2e");
/** Whose account the tests use; made by them where there is none. */
export const ADMIN = {
  name: "Ada Admin",
  email: process.env["ROSTRO_E2E_EMAIL"] ?? "ada@example.org",
  password: process.env["ROSTRO_E2E_PASSWORD"] ?? "for the tests alone",
};
/** The cookies of whoever has signed in. */
export const SESSION = path.join(WORK, "session.json");
/** The same as the header of a request. */
export async function sessionCookie(): Promise<string> {
  const { cookies } = JSON.parse(await readFile(SESSION, "utf8")) as { cookies: { name: string; value: string }[] };
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
}

/** The browser. */
export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Somebody to show to the camera: a clip, or a portrait that a clip is made of. */
export interface Subject {
  readonly name: string;
  readonly clip: string;
  readonly portrait?: string;
}

function portrait(name: string): string {
  const file = readdirSync(FIXTURES).find((entry) => path.parse(entry).name === name);
  if (!file) throw new Error(`there is no portrait ${name} in ${FIXTURES}`);
  return path.join(FIXTURES, file);
}

function subject(variable: string, name: string, fallback: string): Subject {
  const clip = process.env[variable];
  if (!clip) return { name, portrait: portrait(fallback), clip: path.join(WORK, `${fallback}.mjpeg`) };
  if (!existsSync(clip)) throw new Error(`${variable}: there is no ${clip}`);
  return { name, clip: path.resolve(clip) };
}

/** Who is enrolled: the person in the clip `ROSTRO_E2E_CLIP`, under the name `ROSTRO_E2E_NAME`. */
export const ENROLLED = subject(
  "ROSTRO_E2E_CLIP",
  process.env["ROSTRO_E2E_NAME"] ?? "Eileen Collins",
  "collins",
);
/** Who never is: the person in the clip `ROSTRO_E2E_STRANGER`. */
export const STRANGER = subject("ROSTRO_E2E_STRANGER", "somebody else", "obama-2012");

/** Whom the fixture `collins` shows, as a clip and as the reference measured them: who need not be enrolled by a browser. */
export async function collins(): Promise<{ subject: Subject; embedding: number[] }> {
  const reference = await readFile(path.join(TESTKIT, "reference/reference.json"), "utf8");
  const { faces } = JSON.parse(reference) as { faces: { picture: string; sface: { embedding: number[] } }[] };
  const face = faces.find((candidate) => candidate.picture === "collins");
  if (!face) throw new Error("the reference has no encoding of collins");
  return {
    subject: { name: "Eileen Collins", portrait: portrait("collins"), clip: path.join(WORK, "collins.mjpeg") },
    embedding: face.sface.embedding,
  };
}

/** Somebody whom Python's `face_recognition` has encoded, as whoever moves over from a Flask app has. */
export async function dlibOnly(): Promise<{ name: string; encoding: number[]; picture: string }> {
  const reference = await readFile(path.join(TESTKIT, "reference/reference.json"), "utf8");
  const { faces } = JSON.parse(reference) as {
    faces: { picture: string; dlib: { encoding_by_face_recognition: number[] } }[];
  };
  const face = faces.find((candidate) => candidate.picture === "biden-2010");
  if (!face) throw new Error("the reference has no encoding of biden-2010");
  const picture = (await readFile(portrait(face.picture))).toString("base64");
  return { name: "Joe Biden", encoding: face.dlib.encoding_by_face_recognition, picture };
}
