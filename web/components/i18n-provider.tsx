"use client";

import { createContext, use, useMemo, type ReactNode } from "react";

import { dictionary, type Dictionary, type Locale } from "@/lib/i18n";

interface I18n {
  locale: Locale;
  t: Dictionary;
}

const I18nContext = createContext<I18n | null>(null);

/** Makes the visitor's language known to every client component below. */
export function I18nProvider({ locale, children }: { locale: Locale; children: ReactNode }) {
  const i18n = useMemo(() => ({ locale, t: dictionary(locale) }), [locale]);
  return <I18nContext value={i18n}>{children}</I18nContext>;
}

/** The language and its texts. */
export function useI18n(): I18n {
  const i18n = use(I18nContext);
  if (i18n === null) throw new Error("useI18n needs an I18nProvider above it");
  return i18n;
}
