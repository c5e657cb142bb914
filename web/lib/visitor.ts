/** A visitor's language and theme, from their cookies and browser. For server components and routes. */
import "server-only";

import { cookies, headers } from "next/headers";

import { LOCALE_COOKIE, pickLocale, type Locale } from "./i18n";
import { pickTheme, THEME_COOKIE, type Theme } from "./theme";

export async function visitorLocale(): Promise<Locale> {
  const [jar, received] = await Promise.all([cookies(), headers()]);
  return pickLocale(jar.get(LOCALE_COOKIE)?.value, received.get("accept-language"));
}

export async function visitorTheme(): Promise<Theme> {
  return pickTheme((await cookies()).get(THEME_COOKIE)?.value);
}
