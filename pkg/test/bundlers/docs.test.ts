/**
 * Every block of TypeScript in the docs is compiled, strictly, against the packed package; a delivery that is shown is
 * one that is taken; every link leads somewhere.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { createWebhookHandler, type WebhookBody } from "../../src/next.js";
import { PACKAGE, REPOSITORY } from "../built/harness.js";
import { blocksOf, linksOf, unpacked, type Block } from "./docs.js";

const WORK = path.join(REPOSITORY, "target/docs");
const INSTALLED = path.join(REPOSITORY, "web/node_modules");

const PAGES = [
  ...(await readdir(path.join(REPOSITORY, "docs"))).filter((file) => file.endsWith(".md")).map((file) => `docs/${file}`),
  "README.md",
  "pkg/README.md",
  "web/README.md",
];

const pages = await Promise.all(
  PAGES.map(async (page) => {
    const markdown = await readFile(path.join(REPOSITORY, page), "utf8");
    return { page, blocks: blocksOf(markdown), links: linksOf(markdown) };
  }),
);

beforeAll(async () => {
  await rm(WORK, { recursive: true, force: true });
  const modules = path.join(WORK, "node_modules");
  await mkdir(path.join(modules, "@types"), { recursive: true });
  await unpacked(path.join(modules, "rostro"));
  await cp(path.join(import.meta.dirname, "scene.d.ts"), path.join(WORK, "scene.d.ts"));
  for (const name of ["next", "react", "react-dom", "@types/react", "@types/react-dom", "csstype"]) {
    await symlink(path.join(INSTALLED, name), path.join(modules, name));
  }
  for (const name of ["@types/node", "undici-types", "idb", "socket.io-client", "standardwebhooks"]) {
    await symlink(path.join(PACKAGE, "node_modules", name), path.join(modules, name));
  }
});

/** What TypeScript finds wrong with the blocks of one page. */
async function faults(page: string, blocks: readonly Block[]): Promise<string[]> {
  const folder = path.join(WORK, page.replaceAll(/[/.]/gu, "-"));
  const files = [path.join(WORK, "scene.d.ts")];
  for (const [index, { code, file, language }] of blocks.entries()) {
    const to = path.join(folder, file ?? `block-${index + 1}.${language}`);
    await mkdir(path.dirname(to), { recursive: true });
    // Each is a module of its own, also one that imports nothing.
    await writeFile(to, `${code}\nexport {};\n`);
    files.push(to);
  }
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    jsx: ts.JsxEmit.ReactJSX,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [path.join(WORK, "node_modules/@types")],
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
    return `${path.basename(file?.fileName ?? "")}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

describe("the code in", () => {
  const withCode = pages
    .map(({ page, blocks }) => ({ page, blocks: blocks.filter(({ language }) => ["ts", "tsx"].includes(language)) }))
    .filter(({ blocks }) => blocks.length > 0);

  it.each(withCode)("$page compiles", async ({ page, blocks }) => {
    expect(await faults(page, blocks)).toEqual([]);
  });
});

describe("the delivery in", () => {
  const shown = pages.flatMap(({ page, blocks }) =>
    blocks.filter(({ language }) => language === "http").map(({ code }) => ({ page, code })),
  );

  it.each(shown)("$page is one that is taken", async ({ code }) => {
    const [head = "", body = ""] = code.split("\n\n", 2);
    const [request = "", ...lines] = head.split("\n");
    const [method = "", address = ""] = request.split(" ");
    // A signature cannot be shown: it is another each time.
    const headers = lines.map((line) => line.split(": ") as [string, string]).filter(([, value]) => !value.includes("…"));
    const secret = Object.fromEntries(headers)["Authorization"]?.replace("Bearer ", "");
    const taken: WebhookBody[] = [];
    const handle = createWebhookHandler({
      secret,
      onDetection: async (delivered) => {
        taken.push(delivered);
        return { id: "1", status: "MATCHED", clientId: null, confidence: null, occurredAt: new Date() };
      },
    });
    const answer = await handle(new Request(`http://localhost:3005${address}`, { method, headers, body }));
    expect(answer.status).toBe(201);
    expect(taken).toEqual([JSON.parse(body)]);
  });
});

describe("the links in", () => {
  it.each(pages)("$page lead somewhere", async ({ page, links }) => {
    const folder = path.dirname(path.join(REPOSITORY, page));
    const gone = links.filter((link) => !existsSync(path.join(folder, link)));
    expect(gone).toEqual([]);
  });
});
