/** How pages are looked at: in both languages, both themes, on a desk and on a telephone; and what keeps people out of them. */
import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContextOptions, Page } from "@playwright/test";

import { WEB } from "./environment";

const SIZES = { desk: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } } as const;

/** One way of looking. */
export interface Look {
  readonly locale: "es" | "en";
  readonly theme: "light" | "dark";
  readonly size: keyof typeof SIZES;
  readonly name: string;
}

/** All eight. */
export const LOOKS: readonly Look[] = (["es", "en"] as const).flatMap((locale) =>
  (["light", "dark"] as const).flatMap((theme) =>
    (["desk", "phone"] as const).map((size) => ({ locale, theme, size, name: `${locale}, ${theme}, ${size}` })),
  ),
);

/** A context that looks so. */
export function looking({ locale, theme, size }: Look): BrowserContextOptions {
  return {
    baseURL: WEB,
    locale: locale === "es" ? "es-PE" : "en-US",
    colorScheme: theme,
    viewport: SIZES[size],
  };
}

/** What axe finds that keeps people out, one line each. */
export async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** What is wrong with the page as it is shown: what axe finds, another language, and what does not fit. */
export async function wrongWith(page: Page, { locale }: Look): Promise<string[]> {
  const wrong = await violations(page);
  const [language, overflow] = await page.evaluate(() => [
    document.documentElement.lang,
    document.documentElement.scrollWidth - window.innerWidth,
  ] as const);
  if (language !== locale) wrong.push(`the language is ${language}`);
  if (overflow > 0) wrong.push(`${overflow} px too wide`);
  return wrong;
}
