/** What a page may load and talk to. */

export interface PolicySources {
  /** Fresh for each answer; Next puts it on its own scripts. */
  nonce: string;
  /** The relay's address, `http:` or `https:`. */
  relayUrl: string;
  /** Development tools evaluate code and insert styles; production does neither. */
  development: boolean;
}

/** The header's value. WebAssembly may be compiled; nothing may be evaluated. */
export function contentSecurityPolicy({ nonce, relayUrl, development }: PolicySources): string {
  const scripts = `'self' 'nonce-${nonce}' 'wasm-unsafe-eval'${development ? " 'unsafe-eval'" : ""}`;
  const styles = development ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`;
  return [
    "default-src 'self'",
    `script-src ${scripts}`,
    `style-src ${styles}`,
    "worker-src 'self'",
    `connect-src 'self' ${relaySources(relayUrl).join(" ")}`,
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The relay's origin over HTTP and over WebSocket. */
function relaySources(relayUrl: string): [http: string, socket: string] {
  const { origin } = new URL(relayUrl);
  return [origin, origin.replace(/^http/u, "ws")];
}
