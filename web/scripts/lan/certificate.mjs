// A certificate that this machine makes for its own address. Nobody vouches for it, so browsers warn: once, as long as
// it stays the same, which is why it is kept.
import { X509Certificate } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { generate } from "selfsigned";

const DAY_MS = 86_400_000;
const VALID_DAYS = 30;
/** A kept one that ends sooner is made anew. */
const LEFT_DAYS = 2;
/** Telephones whose clock is behind take it too. */
const BEFORE_DAYS = 1;

const IP_ADDRESS = 7;

/**
 * The certificate in `file` and its key, as one PEM text. Made anew, readable by this user alone, where there is none
 * for `host`, an IP address, or where it is about to end.
 */
export async function keptCertificate(file, host, now) {
  const kept = await readFile(file, "utf8").catch(() => "");
  if (isGoodFor(kept, host, now)) return described(kept);
  const made = await makeCertificate(host, now);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  // Written as a new file, as the mode of one that is there would stay what it was.
  await rm(file, { force: true });
  await writeFile(file, made, { mode: 0o600, flag: "wx" });
  return described(made);
}

/** Key and certificate for `host`, an IP address, from the day before `now` on. */
export async function makeCertificate(host, now) {
  const { private: key, cert } = await generate([{ name: "commonName", value: "Rostro" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(now.getTime() - BEFORE_DAYS * DAY_MS),
    notAfterDate: new Date(now.getTime() + VALID_DAYS * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [{ type: IP_ADDRESS, ip: host }] },
    ],
  });
  return `${key.trim()}\n${cert.trim()}\n`;
}

/** Whether that PEM text has a certificate for `host` that lasts, with its key. */
export function isGoodFor(pem, host, now) {
  if (!pem.includes("PRIVATE KEY")) return false;
  try {
    const certificate = new X509Certificate(pem);
    const leftMs = Date.parse(certificate.validTo) - now.getTime();
    return certificate.checkIP(host) !== undefined && leftMs > LEFT_DAYS * DAY_MS;
  } catch {
    return false;
  }
}

function described(pem) {
  return { pem, fingerprint: new X509Certificate(pem).fingerprint256 };
}
