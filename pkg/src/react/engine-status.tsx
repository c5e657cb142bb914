import { useLabels, type Labels, type Locale } from "./labels.js";
import { useStyles } from "./styles.js";
import type { Engine } from "./use-recognizer.js";

/** What {@link EngineStatus} is given. */
export interface EngineStatusProps {
  readonly engine: Engine;
  readonly locale?: Locale | undefined;
  readonly labels?: Partial<Labels> | undefined;
}

const megabytes = (bytes: number) => Math.round(bytes / 100_000) / 10;

/** How far the recogniser's loading is, or why it cannot work; nothing while it does. */
export function EngineStatus({ engine, locale, labels: replaced }: EngineStatusProps) {
  useStyles();
  const labels = useLabels(locale, replaced);
  const { state, restart } = engine;
  if (state.phase === "loading") {
    const { loadedBytes, totalBytes } = state;
    const isArriving = totalBytes > 0 && loadedBytes < totalBytes;
    return (
      <div className="rostro rostro-column rostro-engine" role="status" data-engine="loading">
        <p className="rostro-muted">
          {isArriving ? labels.loading(megabytes(loadedBytes), megabytes(totalBytes)) : labels.preparing}
        </p>
        <progress
          className="rostro-progress"
          aria-label={labels.preparing}
          {...(isArriving && { max: totalBytes, value: loadedBytes })}
        />
      </div>
    );
  }
  if (state.phase === "failed") {
    return (
      <div
        className="rostro rostro-notice rostro-engine rostro-row"
        role="alert"
        data-tone="bad"
        data-engine="failed"
        data-code={state.error.code}
      >
        <p>
          {labels.engineFailed}{" "}
          <span className="rostro-muted">
            {state.error.message} ({state.error.code})
          </span>
        </p>
        <button className="rostro-button" data-quiet="true" type="button" onClick={restart}>
          {labels.retry}
        </button>
      </div>
    );
  }
  return null;
}
