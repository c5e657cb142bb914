import { type NextRequest, NextResponse } from "next/server";

import { isAllowedHost } from "@/lib/allowed-host";
import { contentSecurityPolicy } from "@/lib/content-security-policy";
import { allowedHosts, relayUrl } from "@/lib/settings";

/**
 * Turns away requests for a host that this app is not, and gives each page its content security policy. Next reads
 * the nonce from the request's copy of the header.
 */
export function proxy(request: NextRequest): NextResponse {
  if (!isAllowedHost(request.headers.get("host"), allowedHosts())) {
    return NextResponse.json({ error: "This app does not go by that name: see ROSTRO_WEB_HOSTS" }, { status: 421 });
  }
  const policy = contentSecurityPolicy({
    nonce: btoa(crypto.randomUUID()),
    relayUrl: relayUrl(),
    development: process.env.NODE_ENV !== "production",
  });
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

export const config = {
  // Everything but static files.
  matcher: ["/((?!_next/static|_next/image|icon|manifest).*)"],
};
