/**
 * What the environment says, read when it is asked for. `NEXT_PUBLIC_API_URL` is read through a variable on
 * purpose: Next writes a literal `process.env.NEXT_PUBLIC_…` into the build, and then one build could not serve
 * two relays.
 */

import path from "node:path";

const environment: Readonly<Record<string, string | undefined>> = process.env;

const DEFAULT_RELAY_URL = "http://127.0.0.1:8000";
const DEFAULT_COOL_DOWN_S = 30;

/** The relay's address, as browsers reach it. */
export function publicRelayUrl(): string {
  return environment["NEXT_PUBLIC_API_URL"] || DEFAULT_RELAY_URL;
}

/** The relay's address, as this server reaches it. */
export function relayUrl(): string {
  return environment["ROSTRO_RELAY_URL"] || publicRelayUrl();
}

/** The relay's API key, for calls from this server alone. */
export function relayApiKey(): string | undefined {
  return environment["ROSTRO_API_KEY"] || undefined;
}

/** What the relay's webhook must carry as its bearer; `undefined` lets every delivery in. */
export function webhookSecret(): string | undefined {
  return environment["FACIAL_RECOGNITION_WEBHOOK_SECRET"] || undefined;
}

/** Names by which this app is reached beside those of this very machine, without ports. */
export function allowedHosts(): string[] {
  const listed = (environment["ROSTRO_WEB_HOSTS"] ?? "").split(",");
  return listed.map((host) => host.trim().toLowerCase()).filter((host) => host !== "");
}

/** For how long somebody who stays in view is not reported again, in seconds. */
export function reportCoolDownSeconds(): number {
  const seconds = Number(environment["NEXT_PUBLIC_REPORT_COOLDOWN_S"] ?? DEFAULT_COOL_DOWN_S);
  return Number.isFinite(seconds) && seconds >= 1 ? seconds : DEFAULT_COOL_DOWN_S;
}

/** The PostgreSQL server that keeps this app's records; `undefined` for the embedded database. */
export function databaseUrl(): string | undefined {
  return environment["ROSTRO_WEB_DATABASE_URL"] || undefined;
}

/** Folder of the embedded database and of what belongs to it. */
export function dataFolder(): string {
  return environment["ROSTRO_WEB_DATA"] || path.join(process.cwd(), "data");
}

/** What sessions are signed with; `undefined` to have one made and kept. */
export function givenSessionSecret(): string | undefined {
  return environment["ROSTRO_WEB_SESSION_SECRET"] || undefined;
}

/** What whoever makes the first account must know, where others than this machine can reach the app. */
export function setupCode(): string | undefined {
  return environment["ROSTRO_WEB_SETUP_CODE"] || undefined;
}

/** The account that is to get another password at the start, and that password. */
export function recovery(): { email: string | undefined; password: string | undefined } {
  const [email, password] = [environment["ROSTRO_WEB_RECOVER"], environment["ROSTRO_WEB_RECOVER_PASSWORD"]];
  return { email: email?.trim() || undefined, password: password || undefined };
}
