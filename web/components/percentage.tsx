"use client";

import { useI18n } from "./i18n-provider";

/** The most that is shown: nothing here is certain. */
const MOST = 0.99;

/** A share of 0..1 in whole percent, as the visitor's language writes it; above 99 % as «> 99 %». */
export function Percentage({ share }: { share: number }) {
  const { locale } = useI18n();
  const percent = Math.min(share, MOST).toLocaleString(locale, { style: "percent", maximumFractionDigits: 0 });
  return (
    <span className="numeric">
      {share > MOST && "> "}
      {percent}
    </span>
  );
}
