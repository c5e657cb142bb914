/** Every page in both languages, both themes, on a desk and on a telephone: what axe says of it, whether it fits, and where the focus is. */
import { expect, test, type BrowserContext, type Page } from "@playwright/test";

import { openBrowser } from "./camera";
import { makeClip } from "./clips";
import { ENROLLED, SESSION, sessionCookie, WEB } from "./environment";
import { LOCALES, reading, violations, wrongWith } from "./looks";

const PAGES = ["/", "/kiosk", "/people", "/people/new", "/people/import", "/events", "/cameras", "/webhooks", "/webhooks/env", "/status", "/settings", "/account", "/activity", "/no-such-page"];

test.describe.configure({ mode: "serial" });

/** Whose page is looked at. */
let person: string;

test.beforeAll(async () => {
  const browser = await openBrowser();
  await makeClip(browser, ENROLLED);
  await browser.close();
  const headers = { cookie: await sessionCookie(), "content-type": "application/json" };
  const samples = [0.83, 0.61, null].map((quality, index) => ({
    model: "sface-2021dec",
    embedding: Array.from({ length: 128 }, (_, place) => (place % 3 === index ? 0.2 : -0.1)),
    quality,
  }));
  const body = JSON.stringify({ name: "Ángela de las Vistas", unit: "4.º B", email: "angela@example.org", samples });
  expect((await fetch(`${WEB}/api/people`, { method: "POST", headers, body })).status).toBe(201);
  const { people } = (await (await fetch(`${WEB}/api/people`, { headers })).json()) as { people: { key: string; name: string }[] };
  person = people.find(({ name }) => name === "Ángela de las Vistas")?.key ?? "";
});

test.afterAll(async () => {
  await fetch(`${WEB}/api/people/${person}`, { method: "DELETE", headers: { cookie: await sessionCookie() } });
});

/** The page, once it shows what it will show. */
async function settled(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator("main, body").first()).toBeVisible();
  await page.waitForLoadState("networkidle", { timeout: 1_200 }).catch(() => undefined);
}

/** Elements that Tab reaches and that show no sign of it. */
async function unseenFocus(page: Page): Promise<string[]> {
  const unseen: string[] = [];
  for (let step = 0; step < 40; step++) {
    await page.keyboard.press("Tab");
    const [name, isSeen] = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return ["", true] as const;
      // A field that is hidden shows its focus on the label around it.
      const shown = [element, element.closest("label")].filter((one) => one !== null);
      const isMarked = shown.some((one) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
        return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) || boxShadow !== "none";
      });
      return [element.outerHTML.slice(0, 120), isMarked] as const;
    });
    if (name === "") break;
    if (!isSeen) unseen.push(name);
  }
  return unseen;
}

for (const locale of LOCALES) {
  test(`every page, in ${locale}`, async () => {
    // Sixteen pages, each looked at four times.
    test.slow();
    const browser = await openBrowser(ENROLLED);
    let context: BrowserContext | undefined;
    try {
      context = await browser.newContext({ ...reading(locale), storageState: SESSION });
      const page = await context.newPage();
      const said: string[] = [];
      page.on("pageerror", (error) => said.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" && !message.text().includes("404")) said.push(message.text());
      });
      const found: Record<string, string[]> = {};
      for (const path of [...PAGES, `/people/${person}`]) {
        await settled(page, path);
        const wrong = await wrongWith(page, locale);
        wrong.push(...(await unseenFocus(page)).map((one) => `no focus: ${one}`));
        if (wrong.length > 0) found[path] = wrong;
      }
      await context.clearCookies();
      await settled(page, "/sign-in");
      expect(await wrongWith(page, locale), "/sign-in").toEqual([]);
      expect(found).toEqual({});
      expect(said).toEqual([]);
    } finally {
      await context?.close();
      await browser.close();
    }
  });
}

test("with a face and its name over the picture, and while a pose is asked for", async () => {
  const browser = await openBrowser(ENROLLED);
  try {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await browser.newContext({ baseURL: WEB, storageState: SESSION, locale: "es-PE", colorScheme });
      const page = await context.newPage();
      await page.goto("/");
      await page.locator(".rostro-start").click();
      await expect(page.locator(".rostro-face").first()).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.goto("/people/new");
      await page.locator(".rostro-start, .rostro-prompt").first().waitFor();
      await page.locator(".rostro-start").click({ timeout: 2_000 }).catch(() => undefined);
      await expect(page.locator(".rostro-prompt")).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await context.close();
    }
  } finally {
    await browser.close();
  }
});
