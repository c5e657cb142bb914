"use client";

import { createContext, use, type ReactNode } from "react";
import { useRelay as useRelayConnection, type Relay } from "rostro/react";

/** The camera that this browser is. The web app's database knows it by this id. */
const CAMERA_ID = "webcam";

const RelayContext = createContext<Relay | null>(null);

/** Holds the one connection to the relay, and the people that it knows. */
export function RelayProvider({ url, children }: { url: string; children: ReactNode }) {
  return <RelayContext value={useRelayConnection({ url, cameraId: CAMERA_ID })}>{children}</RelayContext>;
}

/** The one connection to the relay. */
export function useRelay(): Relay {
  const relay = use(RelayContext);
  if (relay === null) throw new Error("useRelay needs a RelayProvider above it");
  return relay;
}
