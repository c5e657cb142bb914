"use client";

import { useI18n } from "./i18n-provider";

/** A share of 0..1 in whole percent, as the visitor's language writes it. */
export function Percentage({ share }: { share: number }) {
  const { locale } = useI18n();
  return <span className="numeric">{share.toLocaleString(locale, { style: "percent", maximumFractionDigits: 0 })}</span>;
}
