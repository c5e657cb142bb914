"use client";

import { createContext, use, useMemo, type ReactNode } from "react";
import { useRelay as useRelayConnection, type Relay } from "rostro/react";
import { ticketFrom } from "rostro/relay";

import { useCameraId } from "@/hooks/use-camera-id";
import { ticketPath } from "@/lib/camera-id";

const RelayContext = createContext<Relay | null>(null);

/** Holds the one connection to the relay, as the camera that this tab is, and the people that the relay knows. */
export function RelayProvider({ url, children }: { url: string; children: ReactNode }) {
  const cameraId = useCameraId();
  const ticket = useMemo(() => ticketFrom(ticketPath(cameraId)), [cameraId]);
  return <RelayContext value={useRelayConnection({ url, cameraId, ticket })}>{children}</RelayContext>;
}

/** The one connection to the relay. */
export function useRelay(): Relay {
  const relay = use(RelayContext);
  if (relay === null) throw new Error("useRelay needs a RelayProvider above it");
  return relay;
}
