"use client";

import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import {
  createRecognizer,
  DEFAULT_MODEL,
  EMBEDDING_LEN,
  MODEL_IDS,
  RostroError,
  type ModelId,
  type Recognizer,
} from "rostro";

import { useRelay } from "./relay-provider";

export type EngineState =
  | { phase: "idle" }
  | { phase: "loading"; loadedBytes: number; totalBytes: number }
  | { phase: "ready"; recognizer: Recognizer }
  | { phase: "failed"; code: string; message: string };

export interface Engine {
  state: EngineState;
  /** A page that recognises calls this once; the engine stays loaded while the app is open. */
  start: () => void;
  /** Loads it anew after a failure. */
  restart: () => void;
  /** A recognition failed: finds out whether the engine has ended for good. */
  check: () => void;
}

/** How long the first loading waits for the relay to say which models its people are in. */
const PATIENCE_MS = 2_000;

/** Every model, the default first: it is the one that faces are enrolled with. */
const PREFERENCE: readonly ModelId[] = [DEFAULT_MODEL, ...MODEL_IDS.filter((model) => model !== DEFAULT_MODEL)];

const EngineContext = createContext<Engine | null>(null);

/**
 * Holds the one recogniser, in its worker, with the relay's people as its gallery. It embeds every face with the
 * default model, and with another one only while the relay holds encodings of that model.
 */
export function EngineProvider({ children }: { children: ReactNode }) {
  const { galleries, state: relay } = useRelay();
  const [patient, setPatient] = useState(true);
  /** Which loading this is; 0 until a page wants the engine. */
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<EngineState>({ phase: "idle" });

  const held = (galleries ?? []).filter((gallery) => gallery.entries.length > 0).map((gallery) => gallery.model);
  const models = PREFERENCE.filter((model) => model === DEFAULT_MODEL || held.includes(model));
  // A string, so that the effect below runs again only when the set of models is another one.
  const modelList = models.join(" ");
  const waits = galleries === null && relay.rest === "connecting" && patient;

  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);

  useEffect(() => {
    if (attempt === 0 || waits) return;
    const stop = new AbortController();
    let loaded: Recognizer | null = null;
    load(PREFERENCE.filter((model) => modelList.includes(model)), stop.signal, setState).then(
      (recognizer) => {
        loaded = recognizer;
        if (stop.signal.aborted) recognizer.close();
        else setState({ phase: "ready", recognizer });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setState(failure(error));
      },
    );
    return () => {
      stop.abort();
      loaded?.close();
    };
  }, [attempt, waits, modelList]);

  useEffect(() => {
    if (state.phase !== "ready" || galleries === null) return;
    const { recognizer } = state;
    for (const gallery of galleries) {
      if (recognizer.models.includes(gallery.model)) {
        recognizer.setGallery(gallery).catch((error: unknown) => setState(failure(error)));
      }
    }
  }, [state, galleries]);

  const start = useCallback(() => setAttempt((made) => Math.max(made, 1)), []);
  const restart = useCallback(() => setAttempt((made) => made + 1), []);
  const check = useCallback(() => {
    if (state.phase !== "ready") return;
    // The cheapest question there is. A worker that is being replaced answers it late; one that is not, never.
    const numbers = new Float32Array(EMBEDDING_LEN).fill(1);
    state.recognizer.compare(DEFAULT_MODEL, numbers, numbers).catch((error: unknown) => setState(failure(error)));
  }, [state]);
  const engine = useMemo(() => ({ state, start, restart, check }), [state, start, restart, check]);
  return <EngineContext value={engine}>{children}</EngineContext>;
}

function load(
  models: ModelId[],
  signal: AbortSignal,
  setState: (state: EngineState) => void,
): Promise<Recognizer> {
  setState({ phase: "loading", loadedBytes: 0, totalBytes: 0 });
  return createRecognizer({
    models,
    signal,
    onProgress: ({ loadedBytes, totalBytes }) => {
      if (!signal.aborted) setState({ phase: "loading", loadedBytes, totalBytes });
    },
  });
}

function failure(error: unknown): EngineState {
  const code = error instanceof RostroError ? error.code : "internal";
  return { phase: "failed", code, message: error instanceof Error ? error.message : "" };
}

/** The engine, which starts to load with the first page that asks for it. */
export function useEngine(): Engine {
  const engine = use(EngineContext);
  if (engine === null) throw new Error("useEngine needs an EngineProvider above it");
  const { start } = engine;
  useEffect(start, [start]);
  return engine;
}
