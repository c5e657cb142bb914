/** Signatures of webhooks, as the Standard Webhooks specification (standardwebhooks.com) has them, by Web Crypto. */

/** How far the sender's clock may be from ours. */
const TOLERANCE_S = 5 * 60;
const BASE64_PREFIX = "whsec_";

/** What is said of a request's signature; `missing` where it has none. */
export type SignatureVerdict = "good" | "bad" | "missing";

/** Whether one of `secrets` has signed the request with these headers and this body, within five minutes of `now`. */
export async function verifySignature(
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
  secrets: readonly string[],
  now = Date.now(),
): Promise<SignatureVerdict> {
  const signatures = headers.get("webhook-signature");
  if (signatures === null) return "missing";
  const [id, timestamp] = [headers.get("webhook-id") ?? "", headers.get("webhook-timestamp") ?? ""];
  const isRecent = /^\d+$/.test(timestamp) && Math.abs(now / 1000 - Number(timestamp)) <= TOLERANCE_S;
  if (id === "" || !isRecent) return "bad";
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  const given = signatures.split(" ").flatMap((one) => (one.startsWith("v1,") ? [bytesOf(one.slice(3))] : []));
  for (const secret of secrets) {
    const key = await importKey(secret);
    for (const signature of given) {
      // Compares in constant time.
      if (signature !== undefined && (await crypto.subtle.verify("HMAC", key, signature, signed))) return "good";
    }
  }
  return "bad";
}

function importKey(secret: string): Promise<CryptoKey> {
  const bytes = secret.startsWith(BASE64_PREFIX)
    ? bytesOf(secret.slice(BASE64_PREFIX.length))
    : new TextEncoder().encode(secret);
  if (bytes === undefined || bytes.length === 0) {
    throw new Error("a secret that begins with whsec_ goes on in base64");
  }
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

/** What base64 stands for; nothing where it is none. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
