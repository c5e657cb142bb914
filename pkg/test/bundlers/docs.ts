/** The code in the docs. */
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { PACKAGE, REPOSITORY } from "../built/harness.js";

const run = promisify(execFile);

/** A block of code. */
export interface Block {
  readonly language: string;
  /** The file that its first line names, such as `// file: app/page.tsx`. */
  readonly file: string | undefined;
  readonly code: string;
}

const FENCED = /^```(\w+)\n(.*?)^```$/gmsu;
const NAMED = /^(?:\/\/ file: (\S+)|<!-- file: (\S+) -->)\n/u;

/** Every block of a page. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(FENCED)].map(([, language = "", body = ""]) => {
    const name = NAMED.exec(body);
    const code = name === null ? body : body.slice(name[0].length);
    return { language, file: name?.[1] ?? name?.[2], code };
  });
}

/** Where a page's links to other files of the repository lead. */
export function linksOf(markdown: string): string[] {
  const prose = markdown.replaceAll(FENCED, "");
  const links = [...prose.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/gu)].map(([, to = ""]) => to);
  return links.filter((link) => !/^[a-z]+:/u.test(link));
}

/** Lays the files that a page of the docs names into `folder`; of those that `wanted` takes. */
export async function laidFromDocs(page: string, folder: string, wanted = (_file: string) => true): Promise<void> {
  const blocks = blocksOf(await readFile(path.join(REPOSITORY, "docs", page), "utf8"));
  const files = blocks.flatMap(({ file, code }) => (file !== undefined && wanted(file) ? [{ file, code }] : []));
  if (files.length === 0) throw new Error(`docs/${page} names no such file`);
  for (const { file, code } of files) {
    const to = path.join(folder, file);
    await mkdir(path.dirname(to), { recursive: true });
    await writeFile(to, code);
  }
}

/** Unpacks the packed package into `folder`. */
export async function unpacked(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run("tar", ["-xzf", path.join(PACKAGE, "rostro-0.1.0.tgz"), "-C", folder, "--strip-components=1"]);
}
