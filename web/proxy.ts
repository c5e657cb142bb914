import { type NextRequest, NextResponse } from "next/server";

import { accessOf, mayOpen } from "@/lib/accounts/access";
import { sessionOf } from "@/lib/accounts/session";
import { isAllowedHost } from "@/lib/allowed-host";
import { contentSecurityPolicy } from "@/lib/content-security-policy";
import { allowedHosts, publicRelayUrl } from "@/lib/settings";

/**
 * Turns away requests for a host that this app is not and those who may not open what they ask for, and gives each
 * page its content security policy. Next reads the nonce from the request's copy of the header.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  if (!isAllowedHost(request.headers.get("host"), allowedHosts())) {
    return NextResponse.json({ error: "This app does not go by that name: see ROSTRO_WEB_HOSTS" }, { status: 421 });
  }
  const access = accessOf(request.nextUrl.pathname);
  const { visitor, setCookies } =
    access === "everybody" ? { visitor: null, setCookies: [] } : await sessionOf(request.headers);
  if (!mayOpen(access, visitor?.role ?? null)) return turnedAway(request, visitor !== null);

  const policy = contentSecurityPolicy({
    nonce: btoa(crypto.randomUUID()),
    relayUrl: publicRelayUrl(),
    development: process.env.NODE_ENV !== "production",
  });
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  for (const cookie of setCookies) response.headers.append("Set-Cookie", cookie);
  return response;
}

/** Pages lead to where one signs in; routes say so. */
function turnedAway({ nextUrl }: NextRequest, isSignedIn: boolean): NextResponse {
  if (nextUrl.pathname.startsWith("/api/")) {
    const code = isSignedIn ? "not-allowed" : "signed-out";
    return NextResponse.json({ error: { code } }, { status: isSignedIn ? 403 : 401 });
  }
  const target = nextUrl.clone();
  target.search = "";
  target.pathname = isSignedIn ? "/account" : "/sign-in";
  if (!isSignedIn && nextUrl.pathname !== "/") target.searchParams.set("to", nextUrl.pathname + nextUrl.search);
  return NextResponse.redirect(target);
}

export const config = {
  // Everything but static files.
  matcher: ["/((?!_next/static|_next/image|icon|manifest).*)"],
};
