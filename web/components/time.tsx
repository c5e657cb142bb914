"use client";

import { useSyncExternalStore } from "react";

import { useI18n } from "./i18n-provider";

const noChanges = () => () => undefined;

/** Whether this runs in the browser, past hydration: the server does not know the visitor's time zone. */
export function useInBrowser(): boolean {
  return useSyncExternalStore(
    noChanges,
    () => true,
    () => false,
  );
}

/** A moment in the visitor's own zone and language. The day is left out when it is today. */
export function LocalTime({ iso, day = "auto" }: { iso: string; day?: "auto" | "only" }) {
  const { locale } = useI18n();
  const inBrowser = useInBrowser();
  return (
    <time dateTime={iso} className="numeric">
      {inBrowser ? formatted(new Date(iso), locale, day) : iso.slice(0, 10)}
    </time>
  );
}

function formatted(moment: Date, locale: string, day: "auto" | "only"): string {
  if (day === "only") return moment.toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric" });
  const today = moment.toDateString() === new Date().toDateString();
  return moment.toLocaleString(locale, {
    ...(!today && { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}
