"use client";

import { fill } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import { useEngine } from "./engine-provider";
import styles from "./engine-notice.module.css";

const MEGABYTE = 1_000_000;

/** Shows how far the engine is with loading, or why it could not; nothing once it is ready. */
export function EngineNotice() {
  const { locale, t } = useI18n();
  const { state, restart } = useEngine();
  if (state.phase === "loading") {
    const { loadedBytes, totalBytes } = state;
    const megabytes = (bytes: number) => (bytes / MEGABYTE).toLocaleString(locale, { maximumFractionDigits: 1 });
    const arriving = loadedBytes < totalBytes;
    return (
      <div className={styles.loading} data-testid="engine-loading">
        <p className="small numeric">
          {arriving
            ? fill(t.status.loadingBytes, { loaded: megabytes(loadedBytes), total: megabytes(totalBytes) })
            : t.status.loadingModel}
        </p>
        <progress
          className={ui.meter}
          aria-label={t.status.engine}
          {...(arriving && { max: totalBytes, value: loadedBytes })}
        />
      </div>
    );
  }
  if (state.phase === "failed") {
    return (
      <div className={ui.notice} data-tone="bad" role="alert" data-testid="engine-failed" data-code={state.code}>
        <div>
          <p>{t.status.engineFailed}</p>
          <p className="small">
            {state.message} ({state.code})
          </p>
        </div>
        <button className={`${ui.button} ${ui.quiet}`} type="button" onClick={restart}>
          {t.status.retry}
        </button>
      </div>
    );
  }
  return null;
}
