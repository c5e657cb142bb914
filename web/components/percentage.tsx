"use client";

import { confidenceText } from "rostro/react";

import { useI18n } from "./i18n-provider";

/** A share of 0..1 in whole percent, as the visitor's language writes it; above 99 % as «> 99 %». */
export function Percentage({ share }: { share: number }) {
  const { locale } = useI18n();
  return <span className="numeric">{confidenceText(share, locale)}</span>;
}
