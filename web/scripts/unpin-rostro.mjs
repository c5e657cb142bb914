// Takes rostro's checksum out of the lock file: its tarball is made anew, with other bytes, on every machine.
// `npm install SOMETHING` writes it back in.
import { readFileSync, writeFileSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
delete lock.packages["node_modules/rostro"].integrity;
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
