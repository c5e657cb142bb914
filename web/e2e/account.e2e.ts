/** The log-in: the first account, signing in and out, what an operator may not do, and what is noted of it all. */
import { expect, test, type Browser, type BrowserContext, type Page } from "@playwright/test";

import { openBrowser } from "./camera";
import { ADMIN, SESSION, WEB } from "./environment";
import { LOCALES, reading, violations, wrongWith } from "./looks";
import { picture } from "./picture";

const OPERATOR = { name: "Rosa Recepción", email: "rosa@example.org", password: "puerta de vidrio" };

let browser: Browser;

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  browser = await openBrowser();
});
test.afterAll(() => browser.close());

/** A browser of its own; with a session it is the admin's. */
async function visit(use: (page: Page, context: BrowserContext) => Promise<void>, storageState?: string): Promise<void> {
  const context = await browser.newContext({ baseURL: WEB, locale: "en-US", ...(storageState && { storageState }) });
  try {
    await use(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByTestId("account-email").fill(email);
  await page.getByTestId("account-password").fill(password);
  await page.getByTestId("sign-in").click();
}

test("the page of the first account is in order, however it is looked at", async () => {
  for (const locale of LOCALES) {
    const context = await browser.newContext(reading(locale));
    const page = await context.newPage();
    await page.goto("/");
    await expect(page).toHaveURL(/\/(welcome|sign-in)$/u);
    expect(await wrongWith(page, locale), locale).toEqual([]);
    await context.close();
  }
});

test("whoever comes first makes the first account, and is in", async () => {
  await visit(async (page, context) => {
    await page.goto("/");
    await expect(page).toHaveURL(/\/(welcome|sign-in)$/u);
    if (page.url().endsWith("/welcome")) {
      expect(await violations(page)).toEqual([]);
      await page.getByTestId("account-name").fill(ADMIN.name);
      await page.getByTestId("account-email").fill(ADMIN.email);
      await page.getByTestId("account-password").fill("too short");
      await page.getByTestId("first-account").click();
      await expect(page.getByTestId("account-problem")).toHaveAttribute("data-problem", "invalid-password");
      await page.getByTestId("account-password").fill(ADMIN.password);
      await page.getByTestId("first-account").click();
    } else {
      await signIn(page, ADMIN);
    }
    await expect(page).toHaveURL(`${WEB}/`);
    await expect(page.getByTestId("account-link")).toBeVisible();
    await context.storageState({ path: SESSION });
  });
});

test("there is one first account", async () => {
  const account = { name: "Second", email: "second@example.org", password: "another password" };
  const answer = await fetch(`${WEB}/api/accounts/first`, { method: "POST", body: JSON.stringify(account) });
  expect([answer.status, await answer.json()]).toEqual([409, { error: { code: "not-first" } }]);
  await visit(async (page) => {
    await page.goto("/welcome");
    await expect(page).toHaveURL(/\/sign-in$/u);
  });
});

test("without a session there is no page, no name, and no ticket", async () => {
  for (const path of ["/", "/people", "/events", "/settings", "/activity", "/no-such-page"]) {
    const answer = await fetch(`${WEB}${path}`, { redirect: "manual" });
    expect([path, answer.status]).toEqual([path, 307]);
    expect(new URL(answer.headers.get("location") ?? "", WEB).pathname).toBe("/sign-in");
  }
  for (const path of ["/api/people", "/api/events", "/api/events/export", "/api/webhooks", "/api/auth/get-session"]) {
    const answer = await fetch(`${WEB}${path}`);
    expect([path, answer.status, await answer.json()]).toEqual([path, 401, { error: { code: "signed-out" } }]);
  }
  for (const path of ["/api/relay/ticket", "/api/accounts", "/api/kiosk/recognize", "/api/auth/sign-up/email"]) {
    const answer = await fetch(`${WEB}${path}`, { method: "POST", body: "{}" });
    expect([path, answer.status]).toEqual([path, 401]);
  }
});

test("a wrong password is said to be one; the right one leads to the page that was asked for", async () => {
  await visit(async (page) => {
    await page.goto("/people?q=ana");
    await expect(page).toHaveURL(/\/sign-in\?to=/u);
    expect(await violations(page)).toEqual([]);
    await picture(page, "sign-in");
    await signIn(page, { ...ADMIN, password: "not the password" });
    await expect(page.getByTestId("sign-in-problem")).toHaveAttribute("data-problem", "wrong");
    await signIn(page, ADMIN);
    await expect(page).toHaveURL(`${WEB}/people?q=ana`);
  });
});

test("an operator may do less, and nothing at all once the account is gone", async () => {
  await visit(async (admin) => {
    await admin.goto("/account");
    await admin.getByTestId("account-add").click();
    await admin.getByTestId("account-new-name").fill(OPERATOR.name);
    await admin.getByTestId("account-new-email").fill(OPERATOR.email);
    await admin.getByTestId("account-new-password").fill(OPERATOR.password);
    await admin.getByTestId("account-confirm").click();
    const line = admin.locator(`[data-testid=account][data-email="${OPERATOR.email}"]`);
    await expect(line).toBeVisible();

    await visit(async (page) => {
      await page.goto("/");
      await signIn(page, OPERATOR);
      await expect(page).toHaveURL(`${WEB}/`);
      await expect(page.getByRole("link", { name: "Webhooks" })).toHaveCount(0);
      await page.goto("/settings");
      await expect(page).toHaveURL(`${WEB}/account`);
      await expect(page.getByTestId("account-add")).toHaveCount(0);
      const answer = await page.request.post("/api/accounts", { data: { ...OPERATOR, role: "admin" } });
      expect([answer.status(), await answer.json()]).toEqual([403, { error: { code: "not-allowed" } }]);

      await line.getByTestId("account-remove").click();
      await admin.getByTestId("account-confirm").click();
      await expect(line).toHaveCount(0);
      await page.goto("/people");
      await expect(page).toHaveURL(/\/sign-in/u);
      await signIn(page, OPERATOR);
      await expect(page.getByTestId("sign-in-problem")).toHaveAttribute("data-problem", "wrong");
    });

    await admin.goto("/activity");
    const actions = admin.getByTestId("activity");
    await expect(actions.nth(0)).toContainText(`${ADMIN.name} removed the account ${OPERATOR.name}`);
    await expect(actions.nth(1)).toContainText(`${ADMIN.name} made the account ${OPERATOR.name}`);
  }, SESSION);
});

test("the only admin stays one; a new password ends the other sessions", async () => {
  await visit(async (page) => {
    await page.goto("/account");
    const own = page.locator(`[data-testid=account][data-email="${ADMIN.email}"]`);
    await expect(own.getByTestId("account-remove")).toHaveCount(0);
    const accounts = await page.evaluate(() => fetch("/account").then((answer) => answer.text()));
    expect(accounts).toContain(ADMIN.email);

    await visit(async (elsewhere) => {
      await elsewhere.goto("/");
      await signIn(elsewhere, ADMIN);
      await expect(elsewhere).toHaveURL(`${WEB}/`);
      await page.getByText("Change the password").first().click();
      await page.getByTestId("account-current").fill("not the password");
      await page.getByTestId("account-next").fill(ADMIN.password);
      await page.getByTestId("change-password").click();
      await expect(page.getByTestId("password-said")).toContainText("not the current");
      await page.getByTestId("account-current").fill(ADMIN.password);
      await page.getByTestId("change-password").click();
      await expect(page.getByTestId("password-said")).toContainText("has been changed");
      await elsewhere.goto("/people");
      await expect(elsewhere).toHaveURL(/\/sign-in/u);
    });
    await page.context().storageState({ path: SESSION });
  }, SESSION);
});

test("signing out ends the session, not just the cookie", async () => {
  await visit(async (page, context) => {
    await page.goto("/sign-in");
    await signIn(page, ADMIN);
    await expect(page).toHaveURL(`${WEB}/`);
    const cookies = await context.cookies();
    await page.goto("/account");
    await page.getByTestId("sign-out").click();
    await expect(page).toHaveURL(/\/sign-in$/u);
    await context.addCookies(cookies);
    await page.goto("/people");
    await expect(page).toHaveURL(/\/sign-in/u);
  });
});

test("passwords cannot be tried without end", async () => {
  await visit(async (page) => {
    await page.goto("/sign-in");
    const email = "victim@example.org";
    const tried = await page.evaluate(async (address) => {
      const statuses: number[] = [];
      for (let guess = 0; guess < 22; guess++) {
        const headers = { "content-type": "application/json", "x-forwarded-for": `192.0.2.${guess}` };
        const body = JSON.stringify({ email: address, password: `guess number ${guess}` });
        statuses.push((await fetch("/api/auth/sign-in/email", { method: "POST", headers, body })).status);
      }
      return statuses;
    }, email);
    expect(tried).toEqual([...Array.from({ length: 20 }, () => 401), 429, 429]);
    await signIn(page, { email, password: "one more guess" });
    await expect(page.getByTestId("sign-in-problem")).toHaveAttribute("data-problem", "tooMany");
  });
});
