/**
 * Whether a request was sent to this app by a name that it goes by. Any web page can have a name of its own point to
 * this machine and then read what the app answers; such a request carries the page's name in `Host`. The app has no
 * log-in, so that name is what tells a visitor here from a stranger's page.
 */

const LOOPBACK_NAMES: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** `listed` are the names that the operator added, without ports. */
export function isAllowedHost(host: string | null, listed: readonly string[]): boolean {
  if (host === null || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return LOOPBACK_NAMES.includes(hostname) || listed.includes(hostname);
}
