"use client";

import { useI18n } from "@/components/i18n-provider";
import ui from "@/components/ui.module.css";

export default function Crashed({ reset }: { reset: () => void }) {
  const { t } = useI18n();
  return (
    <div className={`${ui.card} ${ui.empty}`} role="alert">
      <h1>{t.errors.crashed}</h1>
      <p className="muted">{t.errors.crashedHint}</p>
      <button className={ui.button} type="button" onClick={reset}>
        {t.errors.retry}
      </button>
    </div>
  );
}
