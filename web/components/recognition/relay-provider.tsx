"use client";

import { createContext, use, type ReactNode } from "react";
import { useRelay as useRelayConnection, type Relay } from "rostro/react";
import { ticketFrom } from "rostro/relay";

import { CAMERA_ID } from "@/lib/camera-id";

const ticket = ticketFrom("/api/relay/ticket");

const RelayContext = createContext<Relay | null>(null);

/** Holds the one connection to the relay, and the people that it knows. */
export function RelayProvider({ url, children }: { url: string; children: ReactNode }) {
  return <RelayContext value={useRelayConnection({ url, cameraId: CAMERA_ID, ticket })}>{children}</RelayContext>;
}

/** The one connection to the relay. */
export function useRelay(): Relay {
  const relay = use(RelayContext);
  if (relay === null) throw new Error("useRelay needs a RelayProvider above it");
  return relay;
}
