/** The relay, asked by this app's server: its key never reaches a browser. */
import "server-only";

import { RelayAdmin } from "rostro/next";

import { relayApiKey, relayUrl } from "./settings";

const REQUEST_TIMEOUT_MS = 5_000;

/** What `call` makes of the relay. */
export function withRelay<T>(call: (relay: RelayAdmin) => Promise<T>): Promise<T> {
  return call(relayAdmin(REQUEST_TIMEOUT_MS));
}

/** The relay, for longer than one call. */
export function relayAdmin(requestTimeoutMs: number): RelayAdmin {
  return new RelayAdmin({ url: relayUrl(), apiKey: relayApiKey(), requestTimeoutMs });
}
