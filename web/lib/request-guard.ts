/**
 * Whether a request that changes something came from one of this app's own pages. A foreign page can post to a
 * server on localhost too, but its browser then says so in `Origin`.
 */
export function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get("origin");
  const host = request.headers.get("x-forwarded-host") ?? request.headers.get("host");
  if (origin === null) return request.headers.get("sec-fetch-site") !== "cross-site";
  return URL.canParse(origin) && new URL(origin).host === host;
}
