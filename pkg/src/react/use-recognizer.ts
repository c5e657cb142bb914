import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { rostroError, type RostroError } from "../errors.js";
import { DEFAULT_MODEL, MODEL_IDS, type ModelId } from "../generated/models.js";
import { createRecognizer, type RecognizerOptions } from "../index.js";
import { galleriesOf, type Gallery, type LiveGallery, type Recognizer } from "../recognizer.js";
import { mayPass } from "../relay/retry.js";
import type { Relay } from "./use-relay.js";

/** How the recogniser is. */
export type EngineState =
  | { readonly phase: "idle" }
  | { readonly phase: "loading"; readonly loadedBytes: number; readonly totalBytes: number }
  | { readonly phase: "ready"; readonly recognizer: Recognizer }
  | { readonly phase: "failed"; readonly error: RostroError };

/** A recogniser in its worker. */
export interface Engine {
  readonly state: EngineState;
  /** The recogniser, once it is ready. */
  readonly recognizer: Recognizer | null;
  /** Loads it anew, after a failure. */
  readonly restart: () => void;
}

/** Choices for {@link useRecognizer}; each may be left out. */
export interface UseRecognizerOptions extends Omit<RecognizerOptions, "gallery" | "onProgress" | "signal"> {
  /** Nothing is loaded while this is `false`. */
  enabled?: boolean | undefined;
  /** People to look for. */
  gallery?: Gallery | readonly Gallery[] | LiveGallery | null | undefined;
  /**
   * Looks for this relay's people. Unless `models` says otherwise, faces are then embedded with the default model, and with
   * another one while the relay holds encodings of it.
   */
  relay?: Relay | undefined;
}

/** How long the first loading waits for the relay to say which models its people are in. */
const PATIENCE_MS = 2_000;

/** Every model, the default first: it is the one that faces are enrolled with. */
const PREFERENCE: readonly ModelId[] = [DEFAULT_MODEL, ...MODEL_IDS.filter((model) => model !== DEFAULT_MODEL)];

/**
 * Loads a recogniser in a worker, keeps its gallery as it should be, and closes it with the component. It is loaded anew
 * where `models`, `build`, `cache`, `detectorSide`, `minScore`, `helpers` or an address given as text changes.
 */
export function useRecognizer(options: UseRecognizerOptions = {}): Engine {
  const { enabled = true, gallery, relay } = options;
  const isComing = relay !== undefined && relay.asked === null && relay.galleries === null;
  const waits = useImpatience(isComing && relay.state.rest === "connecting");
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<EngineState>({ phase: "idle" });
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  // A string, so that the effect below runs again only when something is another one.
  const models = options.models ?? modelsOf(relay);
  const key = JSON.stringify([models, settingsOf(options)]);
  useEffect(() => {
    if (!enabled || waits) return;
    const stop = new AbortController();
    const set = (next: EngineState) => {
      if (!stop.signal.aborted) setState(next);
    };
    const fail = (error: unknown) => set({ phase: "failed", error: rostroError(error) });
    let loaded: Recognizer | null = null;
    set({ phase: "loading", loadedBytes: 0, totalBytes: 0 });
    const { enabled: _enabled, gallery: _gallery, relay: _relay, ...given } = latest.current;
    createRecognizer({
      ...given,
      models,
      signal: stop.signal,
      onProgress: ({ loadedBytes, totalBytes }) => set({ phase: "loading", loadedBytes, totalBytes }),
    }).then((recognizer) => {
      loaded = recognizer;
      if (stop.signal.aborted) recognizer.close();
      else {
        recognizer.onState((now, error) => now === "closed" && fail(error));
        set({ phase: "ready", recognizer });
      }
    }, fail);
    return () => {
      stop.abort();
      loaded?.close();
      setState({ phase: "idle" });
    };
  }, [enabled, waits, attempt, key]);

  const recognizer = state.phase === "ready" ? state.recognizer : null;
  const fail = useCallback((cause: unknown) => {
    const error = rostroError(cause);
    // A relay that is away is no fault of the engine's.
    if (!mayPass(error.code)) setState({ phase: "failed", error });
  }, []);
  useGallery(recognizer, gallery ?? relay?.asked ?? relay?.galleries ?? null, fail);
  const restart = useCallback(() => setAttempt((made) => made + 1), []);
  return useMemo(() => ({ state, recognizer, restart }), [state, recognizer, restart]);
}

/** Keeps the recogniser's galleries as given; `onError` is told of one that it does not take. */
export function useGallery(
  recognizer: Recognizer | null,
  gallery: UseRecognizerOptions["gallery"],
  onError: (error: unknown) => void,
): void {
  const told = useRef(onError);
  useEffect(() => {
    told.current = onError;
  });
  useEffect(() => {
    if (recognizer === null || gallery === null || gallery === undefined) return;
    let current = true;
    let detach: (() => void) | undefined;
    const fail = (error: unknown) => {
      // A recogniser that was closed meanwhile is no failure of the gallery's.
      if (current && recognizer.state !== "closed") told.current(error);
    };
    if ("attach" in gallery) {
      gallery.attach(recognizer, fail).then((end) => {
        if (current) detach = end;
        else end();
      }, fail);
    } else {
      const known = galleriesOf(gallery).filter(({ model }) => recognizer.models.includes(model));
      for (const one of known) recognizer.setGallery(one).catch(fail);
    }
    return () => {
      current = false;
      detach?.();
    };
  }, [recognizer, gallery]);
}

/** `waits`, but not for ever. */
function useImpatience(waits: boolean): boolean {
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return waits && patient;
}

function modelsOf(relay: Relay | undefined): readonly ModelId[] {
  const held = (relay?.galleries ?? []).filter(({ entries }) => entries.length > 0).map(({ model }) => model);
  return PREFERENCE.filter((model) => model === DEFAULT_MODEL || held.includes(model));
}

/** What a recogniser must be loaded anew for, as text. */
function settingsOf(options: UseRecognizerOptions): unknown {
  const { build, cache, detectorSide, minScore, helpers, wasmUrl, modelUrl } = options;
  const addresses = [wasmUrl, modelUrl].map((url) => (typeof url === "function" ? "function" : url?.toString()));
  return [build, cache, detectorSide, minScore, helpers, addresses];
}
