/**
 * What the environment says, read when it is asked for. `NEXT_PUBLIC_API_URL` is read through a variable on
 * purpose: Next writes a literal `process.env.NEXT_PUBLIC_…` into the build, and then one build could not serve
 * two relays.
 */

const environment: Readonly<Record<string, string | undefined>> = process.env;

const DEFAULT_RELAY_URL = "http://127.0.0.1:8000";
const DEFAULT_COOL_DOWN_S = 30;

/** The relay's address, as the browser and this server reach it. */
export function relayUrl(): string {
  return environment["NEXT_PUBLIC_API_URL"] || DEFAULT_RELAY_URL;
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
