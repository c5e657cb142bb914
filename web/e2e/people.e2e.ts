/** People one by one: a person's page and samples, the search, and importing lists and the Flask app's files. */
import { readFile } from "node:fs/promises";
import path from "node:path";

import { expect, test, type Browser, type Page } from "@playwright/test";

import { openBrowser } from "./camera";
import { dlibOnly, RELAY, SESSION, sessionCookie, WEB, WORK } from "./environment";

/** Files that NumPy wrote. */
const GOLDEN = path.join(import.meta.dirname, "../../server/src/npy/golden");
const DLIB = "dlib-resnet-v1";

interface RelayPerson {
  id: string;
  name: string;
  unit: string | null;
  document: string | null;
  encodings: Record<string, number>;
}

let browser: Browser;
let person: Awaited<ReturnType<typeof dlibOnly>>;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  [browser, person] = await Promise.all([openBrowser(), dlibOnly()]);
  await forgetAll();
  expect((await call(RELAY, "PUT", "/api/config", { camera_id: "webcam" })).status).toBe(200);
});

test.afterAll(async () => {
  await forgetAll();
  await browser.close();
});

/** Everybody whom these tests bring. */
async function forgetAll(): Promise<void> {
  const { people } = (await (await call(WEB, "GET", "/api/people")).json()) as { people: { key: string; name: string }[] };
  const ours = [person.name, "José Núñez", "Ana", "Ángela Núñez", "Begoña Ibáñez", "Iñaki Muñoz", "Zoe"];
  for (const { key, name } of people) if (ours.includes(name)) await call(WEB, "DELETE", `/api/people/${key}`);
}

/** The app is called by somebody who has signed in. */
async function call(host: string, method: string, address: string, body?: object): Promise<Response> {
  return fetch(`${host}${address}`, {
    method,
    headers: {
      ...(host === WEB && { cookie: await sessionCookie() }),
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
}

async function atRelay(name: string): Promise<RelayPerson | undefined> {
  const { people } = (await (await call(RELAY, "GET", "/v1/people")).json()) as { people: RelayPerson[] };
  return people.find((one) => one.name === name);
}

/** Gives `use` a page, and fails it for an error on it or anything that its policy refused. */
async function visit(use: (page: Page) => Promise<void>, locale: "es" | "en" = "en"): Promise<void> {
  const context = await browser.newContext({ baseURL: WEB, storageState: SESSION, acceptDownloads: true });
  try {
    await context.addCookies([{ name: "rostro-locale", value: locale, url: WEB }]);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => {
      if (/Content.Security.Policy/iu.test(message.text())) wrong.push(message.text());
    });
    await use(page);
    expect(wrong).toEqual([]);
  } finally {
    await context.close();
  }
}

interface GivenFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

function given(name: string, buffer: Buffer): GivenFile {
  return { name, mimeType: "application/octet-stream", buffer };
}

async function choose(page: Page, files: readonly GivenFile[]): Promise<void> {
  await page.goto("/people/import");
  await page.getByTestId("import-files").setInputFiles([...files]);
}

/** The figures that are shown. */
function counts(page: Page): Promise<Record<string, number>> {
  return page.locator("[data-count]").evaluateAll((all) =>
    Object.fromEntries(
      all.map((one) => [one.getAttribute("data-testid")?.replace("import-", "") ?? "", Number(one.getAttribute("data-count"))]),
    ),
  );
}

async function confirm(page: Page): Promise<void> {
  await page.getByTestId("import-confirm").click();
  await expect(page.getByTestId("import-done")).toBeVisible();
}

test("a person's page shows samples with their quality, removes one, and keeps the last", async () => {
  const [other = 0, ...rest] = person.encoding;
  const enrolled = await call(WEB, "POST", "/api/people", {
    name: person.name,
    unit: "4B",
    email: "joe@example.org",
    samples: [
      { model: DLIB, embedding: person.encoding, quality: 0.83 },
      { model: DLIB, embedding: [other + 0.01, ...rest], quality: 0.61 },
    ],
  });
  expect(enrolled.status).toBe(201);
  const sent = { image: person.picture, timestamp: new Date().toISOString() };
  expect(await (await call(RELAY, "POST", "/webrtc/face/", sent)).json()).toMatchObject({ recognized: true });

  await visit(async (page) => {
    await page.goto("/people");
    const card = page.locator(`[data-testid="person"][data-name="${person.name}"]`);
    await card.getByTestId("person-link").click();
    await expect(page).toHaveURL(/\/people\/[\da-f-]{36}$/u);
    await expect(page.getByTestId("person-name")).toHaveText(person.name);
    const samples = page.getByTestId("sample");
    await expect(samples).toHaveCount(2);
    await expect(samples.first()).toContainText("Good 83%");
    await expect(samples.first()).toContainText(`Enrolled in an app · ${DLIB}`);
    await expect(samples.last()).toContainText("Fair 61%");
    await expect(page.getByText("joe@example.org")).toBeVisible();
    await expect.poll(async () => (await page.reload(), page.getByTestId("sighting").count())).toBe(1);
    await expect(page.getByTestId("sightings-all")).toHaveAttribute("href", "/events?person=Joe+Biden");
    expect(await page.content()).not.toMatch(/"vector"|"embedding"/u);

    await samples.first().getByTestId("sample-remove").click();
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("sample-dialog")).toHaveCount(0);
    await samples.first().getByTestId("sample-remove").click();
    await page.getByTestId("sample-confirm").click();
    await expect(samples).toHaveCount(1);
    await expect(samples).toContainText("Fair 61%");
    await expect(page.getByTestId("sample-note")).toBeVisible();
    await expect(samples.getByTestId("sample-remove")).toBeDisabled();
    await expect(page.getByTestId("sample-only")).toBeVisible();
    expect((await atRelay(person.name))?.encodings).toEqual({ [DLIB]: 1 });

    // The button is not all that keeps it.
    const last = await samples.getAttribute("data-id");
    const address = `/api${new URL(page.url()).pathname}/samples/${last}`;
    const refused = await call(WEB, "DELETE", address);
    expect([refused.status, await refused.json()]).toEqual([409, { error: { code: "last-sample" } }]);
    const gone = await call(WEB, "DELETE", `${address}0`);
    expect([gone.status, await gone.json()]).toEqual([404, { error: { code: "gone" } }]);
    const foreign = await fetch(`${WEB}${address}`, {
      method: "DELETE",
      headers: { cookie: await sessionCookie(), origin: "https://elsewhere.example" },
    });
    expect(foreign.status).toBe(403);

    await page.goto("/activity");
    await expect(page.getByTestId("activity").first()).toContainText(`removed a sample ${person.name}`);
  });
});

test("a person's page sets how strict the relay is, leads to more samples, and forgets", async () => {
  await visit(async (page) => {
    await page.goto("/people?q=biden");
    await page.getByTestId("person-link").click();
    const strictness = page.getByTestId("person-strictness");
    await strictness.selectOption("100000");
    await expect(strictness).toBeEnabled();
    await page.getByTestId("person-add-samples").click();
    await expect(page).toHaveURL(/\/people\/new\?name=Joe\+Biden$/u);
    await expect(page.getByTestId("enrol-name")).toHaveValue(person.name);
    await page.goBack();
    await page.getByTestId("person-forget").click();
    await page.getByTestId("forget-confirm").click();
    await expect(page).toHaveURL(/\/people$/u);
    await expect(page.locator(`[data-testid="person"][data-name="${person.name}"]`)).toHaveCount(0);
    const answer = await page.goto("/people/nobody-by-this-id");
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "This page does not exist" })).toBeVisible();
  });
  expect(await atRelay(person.name)).toBeUndefined();
});

/** As Excel writes it in Spain. */
const SPANISH_LIST = Buffer.from(
  [
    "Nombre;Vivienda;DNI;Correo;Teléfono",
    "Ángela Núñez;4.º B;12345678Z;angela@example.org;600",
    "Begoña Ibáñez;5.º A;;begona@;601",
    "Iñaki Muñoz;\"1; bajo\";87654321X;;602",
    "",
  ].join("\r\n"),
  "latin1",
);

test("a list in Windows-1252 with semicolons is looked at first, then imported, and may come again", async () => {
  await visit(async (page) => {
    await choose(page, [given("vecinos.csv", SPANISH_LIST)]);
    await expect(page.getByTestId("import-preview")).toBeVisible();
    expect(await counts(page)).toEqual({ people: 2, newPeople: 2, completed: 0, added: 0, there: 0, refused: 1 });
    await expect(page.getByTestId("import-refusal")).toHaveAttribute("data-at", "3");
    await expect(page.getByTestId("import-refusal")).toHaveAttribute("data-reason", "email");
    await expect(page.getByTestId("import-preview")).toContainText("Teléfono");
    expect(await (await call(WEB, "GET", "/api/people")).text()).not.toContain("Núñez");

    const download = page.waitForEvent("download");
    await page.getByTestId("import-download").click();
    const file = path.join(WORK, "not-imported.csv");
    await (await download).saveAs(file);
    expect(await readFile(file, "utf8")).toContain("Begoña Ibáñez,begona@,,5.º A,,,CSV,3,The e-mail address is not valid.");

    await confirm(page);
    expect(await counts(page)).toEqual({ people: 2, newPeople: 2, completed: 0, added: 0, there: 0, refused: 1 });
    await choose(page, [given("vecinos.csv", SPANISH_LIST)]);
    await expect(page.getByTestId("import-nothing")).toBeVisible();
    await expect(page.getByTestId("import-confirm")).toHaveCount(0);

    await page.goto("/people?q=angela");
    const card = page.getByTestId("person");
    await expect(card).toHaveCount(1);
    await expect(card).toContainText("4.º B");
    await expect(card.getByTestId("person-cannot-yet")).toBeVisible();
    await card.getByTestId("person-enrol").click();
    await expect(page.getByTestId("enrol-name")).toHaveValue("Ángela Núñez");
    await page.goto("/activity");
    await expect(page.getByTestId("activity").first()).toContainText("imported people");
  });
});

test("details are added, and what is on file stays", async () => {
  await visit(async (page) => {
    const list = "document,kind,unit,name\n12345678z,Owner,9Z,\n,,,\n99999999R,,,\n87654321X,,,Ángela Núñez\n";
    await choose(page, [given("more.csv", Buffer.from(list))]);
    await expect(page.getByTestId("import-preview")).toBeVisible();
    expect(await counts(page)).toEqual({ people: 1, newPeople: 0, completed: 1, added: 0, there: 0, refused: 2 });
    const reasons = page.getByTestId("import-refusal");
    expect(await reasons.evaluateAll((all) => all.map((one) => [one.getAttribute("data-at"), one.getAttribute("data-reason")]))).toEqual([
      ["4", "nobody"],
      ["5", "disagree"],
    ]);
    await expect(page.getByTestId("import-kept")).toContainText("Line 2, Ángela Núñez: unit");
    await confirm(page);
    await page.goto("/people?q=12345678Z");
    await expect(page.getByTestId("person")).toContainText("Owner");
    await expect(page.getByTestId("person")).toContainText("4.º B");
  });
});

test("people are found by the page's address, without accents and case", async () => {
  await visit(async (page) => {
    for (const [query, names] of [
      ["NUNEZ", ["Ángela Núñez"]],
      ["1 bajo", ["Iñaki Muñoz"]],
      ["angela@example", ["Ángela Núñez"]],
      ["munoz iñaki", ["Iñaki Muñoz"]],
    ] as const) {
      await page.goto(`/people?q=${encodeURIComponent(query)}`);
      await expect(page.getByTestId("people-search")).toHaveValue(query);
      await expect(page.getByTestId("person")).toHaveCount(names.length);
      expect(await page.getByTestId("person").evaluateAll((all) => all.map((one) => one.getAttribute("data-name")))).toEqual(names);
    }
    await page.getByTestId("people-search").fill("nadie es así");
    await expect(page).toHaveURL(/\?q=nadie/u);
    await expect(page.getByTestId("people-none-fit")).toBeVisible();
    await page.getByTestId("people-search").fill("núñ");
    await expect(page.getByTestId("person")).toHaveCount(1);
    await expect(page.getByTestId("people-search")).toBeFocused();
  });
});

test("the Flask app's files, written by NumPy, are imported once however often they come, and then known", async () => {
  const files = await Promise.all(
    ["f8-le-f-v3.npy", "labels.json"].map(async (name) => given(name === "labels.json" ? name : "encodings.npy", await readFile(path.join(GOLDEN, name)))),
  );
  await visit(async (page) => {
    await choose(page, files);
    await expect(page.getByTestId("import-preview")).toBeVisible();
    expect(await counts(page)).toEqual({ people: 2, newPeople: 2, completed: 0, added: 3, there: 0, refused: 0 });
    expect(await atRelay("José Núñez")).toBeUndefined();
    await confirm(page);
    expect(await counts(page)).toEqual({ people: 2, newPeople: 2, completed: 0, added: 3, there: 0, refused: 0 });
    expect((await atRelay("José Núñez"))?.encodings).toEqual({ [DLIB]: 2 });

    await choose(page, files);
    await expect(page.getByTestId("import-nothing")).toBeVisible();
    expect(await counts(page)).toEqual({ people: 2, newPeople: 0, completed: 0, added: 0, there: 3, refused: 0 });
    // The other layouts hold the same numbers.
    const other = await readFile(path.join(GOLDEN, "f4-be-c-v2.npy"));
    await choose(page, [given("encodings.npy", other), ...files.slice(1)]);
    await expect(page.getByTestId("import-nothing")).toBeVisible();
    expect(await page.content()).not.toMatch(/"vector"|"embedding"/u);
  });
  // Not by the page, which would not: the same batch to the route twice at once.
  const row = Buffer.alloc(512);
  person.encoding.forEach((number, index) => row.writeFloatLE(number, index * 4));
  const batch = { dry: false, items: [{ type: "samples", name: person.name, vectors: row.toString("base64") }] };
  const answers = await Promise.all([1, 2].map(async () => (await call(WEB, "POST", "/api/people/import", batch)).json()));
  const added = answers.map((answer: { outcomes: { added: number }[] }) => answer.outcomes[0]?.added);
  expect(added.toSorted()).toEqual([0, 1]);
  expect((await atRelay(person.name))?.encodings).toEqual({ [DLIB]: 1 });

  const first = (await readFile(path.join(GOLDEN, "f4-le-c-v1.npy"))).subarray(-3 * 512);
  const embedding = Array.from({ length: 128 }, (_, index) => first.readFloatLE(512 + index * 4));
  const identified = await call(RELAY, "POST", "/v1/identify", { embeddings: [{ model: DLIB, embedding }] });
  expect(await identified.json()).toMatchObject({ faces: [{ name: "Ana" }] });
  const sent = { image: person.picture, timestamp: new Date().toISOString() };
  const seen = await call(RELAY, "POST", "/webrtc/face/", sent);
  expect(await seen.json()).toMatchObject({ recognized: true, person: { nombre: person.name } });
});

test("whoever was on a list gets their details to the relay with their first sample", async () => {
  const list = `nombre;vivienda;documento\nZoe;7C;5Y\n`;
  const labels = given("labels.json", Buffer.from(JSON.stringify(["ZOE", "Zoe", "zoe"])));
  const rows = given("encodings.npy", await readFile(path.join(GOLDEN, "f4-le-f-v1.npy")));
  await visit(async (page) => {
    await choose(page, [given("lista.csv", Buffer.from(list)), rows, labels]);
    await expect(page.getByTestId("import-preview")).toBeVisible();
    expect(await counts(page)).toEqual({ people: 1, newPeople: 1, completed: 0, added: 3, there: 0, refused: 0 });
    await confirm(page);
  });
  expect(await atRelay("Zoe")).toMatchObject({ unit: "7C", document: "5Y", encodings: { [DLIB]: 3 } });
});

test("a file that is broken says where, and nothing is stored", async () => {
  const golden = await readFile(path.join(GOLDEN, "f4-le-c-v1.npy"));
  const labels = given("labels.json", await readFile(path.join(GOLDEN, "labels.json")));
  const damaged = Buffer.from(golden);
  damaged.writeFloatLE(Number.NaN, damaged.length - 4);
  const pickle = Buffer.from("\u0093NUMPY\u0001\u0000\u0040\u0000" + "{'descr': '|O', 'fortran_order': False, 'shape': (3, 128), }".padEnd(63) + "\n", "latin1");
  await visit(async (page) => {
    const fault = page.getByTestId("import-fault");
    for (const [files, code, text] of [
      [[given("a.csv", Buffer.from('name,unit\nAna,4B\n"Luis,5A\nZoe,6\n'))], "csv-broken", "Line 3"],
      [[given("a.csv", Buffer.from("nombres\nAna\n"))], "csv-no-columns", "Line 1"],
      [[given("encodings.npy", golden)], "labels-missing", "encodings.npy"],
      [[given("encodings.npy", golden.subarray(0, -1)), labels], "npy-length", "1535"],
      [[given("encodings.npy", pickle), labels], "npy-objects", "not run"],
      [[given("encodings.npy", golden), given("labels.json", Buffer.from('["Ana", 7, "Zoe"]'))], "labels-not-text", "Row 1"],
    ] as const) {
      await choose(page, files);
      await expect(fault).toHaveAttribute("data-fault", code);
      await expect(fault).toContainText(text);
    }
    await choose(page, [given("encodings.npy", damaged), labels]);
    await expect(page.getByTestId("import-refusal")).toHaveAttribute("data-at", "2");
    await expect(page.getByTestId("import-refusal")).toHaveAttribute("data-reason", "not-a-face");
  });
});

test("the route takes what the page sends, of people who have signed in, and no more", async () => {
  const address = "/api/people/import";
  const item = { type: "details", cells: { name: "Nobody At All" } };
  const cookie = await sessionCookie();
  const foreign = await fetch(`${WEB}${address}`, {
    method: "POST",
    headers: { cookie, origin: "https://elsewhere.example" },
    body: JSON.stringify({ dry: false, items: [item] }),
  });
  expect(foreign.status).toBe(403);
  expect((await fetch(`${WEB}${address}`, { method: "POST", body: "{}" })).status).toBe(401);
  const wrong = await call(WEB, "POST", address, { dry: false, items: [{ ...item, type: "pickle" }] });
  expect([wrong.status, await wrong.json()]).toEqual([400, { error: { code: "invalid-batch" } }]);
  const large = await call(WEB, "POST", address, { dry: false, items: [item], more: "x".repeat(9_000_000) });
  expect([large.status, await large.json()]).toEqual([413, { error: { code: "too-large" } }]);
  expect(await (await call(WEB, "GET", "/api/people")).text()).not.toContain("Nobody At All");
});

test("many people are shown some at a time", async () => {
  const items = Array.from({ length: 250 }, (_, index) => ({ type: "details", cells: { name: `Vecino ${String(index).padStart(3, "0")}` } }));
  expect((await call(WEB, "POST", "/api/people/import", { dry: false, items })).status).toBe(200);
  try {
    await visit(async (page) => {
      await page.goto("/people?q=vecino");
      await expect(page.getByTestId("people-count")).toHaveAttribute("data-count", "250");
      await expect(page.getByTestId("person")).toHaveCount(60);
      await page.getByTestId("people-more").click();
      await expect(page.getByTestId("person")).toHaveCount(120);
      await page.getByTestId("people-search").fill("vecino 24");
      // 024, 124, 224, and 240 to 249.
      await expect(page.getByTestId("person")).toHaveCount(13);
      await expect(page.getByTestId("people-more")).toHaveCount(0);
    }, "es");
  } finally {
    const { people } = (await (await call(WEB, "GET", "/api/people")).json()) as { people: { key: string; name: string }[] };
    for (const { key, name } of people) if (name.startsWith("Vecino ")) await call(WEB, "DELETE", `/api/people/${key}`);
  }
});
