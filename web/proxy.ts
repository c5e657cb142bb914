import { type NextRequest, NextResponse } from "next/server";

import { contentSecurityPolicy } from "@/lib/content-security-policy";
import { relayUrl } from "@/lib/settings";

/** Gives each page its content security policy. Next reads the nonce from the request's copy of the header. */
export function proxy(request: NextRequest): NextResponse {
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
  // Pages only: neither the API nor static files.
  matcher: ["/((?!api/|_next/static|_next/image|favicon|icon).*)"],
};
