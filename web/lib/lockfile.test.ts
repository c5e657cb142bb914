import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { isRecord } from "./json";

const ROOT = path.resolve(import.meta.dirname, "..");

function json(file: string): Record<string, unknown> {
  const value: unknown = JSON.parse(readFileSync(path.join(ROOT, file), "utf8"));
  if (!isRecord(value)) throw new Error(`${file} is no object`);
  return value;
}

describe("package-lock.json", () => {
  const { packages } = json("package-lock.json");
  const entries = Object.entries(isRecord(packages) ? packages : {}).map(([name, entry]) => ({
    name,
    entry: isRecord(entry) ? entry : {},
  }));
  // Next's binaries for other systems: not every registry has them, so they are listed without a checksum.
  const foreign = /^node_modules\/@next\/swc-(?:darwin|win32)-/u;
  const rostro = entries.find(({ name }) => name === "node_modules/rostro")?.entry;

  it("takes rostro from the packed tarball, whatever its bytes", () => {
    expect(rostro?.resolved).toBe("file:../pkg/rostro-0.1.0.tgz");
    // The tarball is made anew on each machine. With a checksum of another machine's, `npm ci` fails, or quietly
    // installs that one from npm's cache. After `npm install` of another package: `npm run fix:lock`.
    expect(rostro).not.toHaveProperty("integrity");
  });

  it("lists Next's binaries for every system, or `npm ci` fails", () => {
    expect(entries.filter(({ name }) => foreign.test(name))).toHaveLength(4);
  });

  it("has a checksum for every other package, and says nothing of where they come from", () => {
    const others = entries.filter(({ name, entry }) => name !== "" && entry !== rostro && !foreign.test(name));
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter(({ entry }) => !("integrity" in entry)).map(({ name }) => name)).toEqual([]);
    expect(others.filter(({ entry }) => "resolved" in entry).map(({ name }) => name)).toEqual([]);
  });
});
