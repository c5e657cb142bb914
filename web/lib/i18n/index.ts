/** Which language a visitor gets, and how its texts are filled in. */
import { en } from "./en";
import { es, type Dictionary, type Plural } from "./es";

export type { Dictionary, Plural };

export const LOCALES = ["es", "en"] as const;

export type Locale = (typeof LOCALES)[number];

export const LOCALE_COOKIE = "rostro-locale";

const DICTIONARIES: Record<Locale, Dictionary> = { es, en };

export function dictionary(locale: Locale): Dictionary {
  return DICTIONARIES[locale];
}

export function isLocale(text: string | undefined): text is Locale {
  return LOCALES.some((locale) => locale === text);
}

/**
 * The language that was chosen; else the first of `Accept-Language` that the app speaks, by the header's own
 * weights; else Spanish.
 */
export function pickLocale(chosen: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(chosen)) return chosen;
  const wishes = (acceptLanguage ?? "")
    .split(",")
    .map((wish) => {
      const [tag = "", ...parameters] = wish.trim().toLowerCase().split(";");
      const weight = parameters.map((text) => text.trim()).find((text) => text.startsWith("q="));
      return { language: tag.split("-")[0], weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter((wish) => wish.weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  return wishes.map((wish) => wish.language).find(isLocale) ?? "es";
}

/** `template` with each `{key}` replaced by its value. */
export function fill(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/gu, (placeholder, key: string) => String(values[key] ?? placeholder));
}

/** The text for `count` things, with `{count}` filled in. Spanish and English both single out just 1. */
export function plural(texts: Plural, count: number): string {
  return fill(count === 1 ? texts.one : texts.other, { count });
}
