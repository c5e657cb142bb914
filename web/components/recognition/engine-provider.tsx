"use client";

import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { useRecognizer, type Engine } from "rostro/react";

import { useRelay } from "./relay-provider";

const EngineContext = createContext<{ engine: Engine; want: () => void } | null>(null);

/** Holds the one recogniser, with the relay's people as its gallery; loaded once a page wants it, and then kept. */
export function EngineProvider({ children }: { children: ReactNode }) {
  const [wanted, setWanted] = useState(false);
  const engine = useRecognizer({ relay: useRelay(), enabled: wanted });
  const want = useCallback(() => setWanted(true), []);
  const held = useMemo(() => ({ engine, want }), [engine, want]);
  return <EngineContext value={held}>{children}</EngineContext>;
}

/** The one recogniser, which starts to load with the first page that asks for it. */
export function useEngine(): Engine {
  const held = use(EngineContext);
  if (held === null) throw new Error("useEngine needs an EngineProvider above it");
  const { engine, want } = held;
  useEffect(want, [want]);
  return engine;
}
