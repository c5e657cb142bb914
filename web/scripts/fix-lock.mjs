// Puts right what `npm install SOMETHING` writes into the lock file and `npm ci` then stumbles over:
// - rostro's checksum: its tarball is made anew, with other bytes, on every machine;
// - Next's binaries for other systems, which npm leaves out where a registry does not have them.
import { readFileSync, writeFileSync } from "node:fs";

const FILE = "package-lock.json";
const lock = JSON.parse(readFileSync(FILE, "utf8"));
const { "": root, ...packages } = lock.packages;

delete packages["node_modules/rostro"].integrity;

const { optionalDependencies, license } = packages["node_modules/next"];
for (const [name, version] of Object.entries(optionalDependencies)) {
  const [, os, cpu] = /^@next\/swc-([a-z0-9]+)-([a-z0-9]+)/u.exec(name) ?? [];
  if (os) packages[`node_modules/${name}`] ??= { version, cpu: [cpu], license, optional: true, os: [os] };
}

const byName = ([a], [b]) => (a < b ? -1 : 1);
lock.packages = { "": root, ...Object.fromEntries(Object.entries(packages).toSorted(byName)) };
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
