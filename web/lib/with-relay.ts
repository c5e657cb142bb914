/** The relay, asked by this app's server: its key never reaches a browser. */
import "server-only";

import { RelayClient } from "rostro/relay";

import { relayApiKey, relayUrl } from "./settings";

const REQUEST_TIMEOUT_MS = 5_000;

/** What `call` makes of a client of the relay, which is closed afterwards. */
export async function withRelay<T>(call: (relay: RelayClient) => Promise<T>): Promise<T> {
  const apiKey = relayApiKey();
  const relay = new RelayClient({
    url: relayUrl(),
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    ...(apiKey !== undefined && { apiKey }),
  });
  try {
    return await call(relay);
  } finally {
    relay.close();
  }
}
