/** How pages are looked at: in both languages, both themes, on a desk and on a telephone; and what keeps people out of them. */
import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContextOptions, Page } from "@playwright/test";

import { WEB } from "./environment";

/** The languages that pages speak. */
export const LOCALES = ["es", "en"] as const;
export type Locale = (typeof LOCALES)[number];

const THEMES = ["dark", "light"] as const;
const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 860 } } as const;

/** A context for somebody who reads that language. */
export function reading(locale: Locale): BrowserContextOptions {
  return { baseURL: WEB, locale: locale === "es" ? "es-PE" : "en-US" };
}

/** What axe finds that keeps people out, one line each. */
export async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/**
 * What is wrong with the page as it is shown, in each theme and size: what axe finds, another language, and what does not fit.
 * Leaves the page light, on a desk.
 */
export async function wrongWith(page: Page, locale: Locale): Promise<string[]> {
  const wrong: string[] = [];
  for (const theme of THEMES) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize(viewport);
      await page.evaluate(endTransitions);
      const found = await violations(page);
      const [language, overflow] = await page.evaluate(() => [
        document.documentElement.lang,
        document.documentElement.scrollWidth - window.innerWidth,
      ] as const);
      if (language !== locale) found.push(`the language is ${language}`);
      if (overflow > 0) found.push(`${overflow} px too wide`);
      wrong.push(...found.map((one) => `${theme}, ${size}: ${one}`));
    }
  }
  return wrong;
}

/**
 * In the page: shows every colour and place that is on its way to another as it will be.
 * It waits for nothing: waiting for a frame and for the transitions' own ends was seen to go on for ever on a busy machine.
 */
function endTransitions(): void {
  for (const animation of document.getAnimations()) {
    if (animation instanceof CSSTransition) animation.finish();
  }
}
