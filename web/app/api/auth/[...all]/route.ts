import { Attempts } from "@/lib/accounts/attempts";
import { auth } from "@/lib/accounts/auth";
import { presentText } from "@/lib/identity";
import { isRecord } from "@/lib/json";

const SIGN_IN = "/api/auth/sign-in/email";
/** Of the log-in's library, what this app's pages use; the rest of its routes are not offered. */
const OFFERED = [SIGN_IN, "/api/auth/sign-out", "/api/auth/change-password"];

const attempts = new Attempts();

/** Signs in, signs out, or changes one's own password. */
export async function POST(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (!OFFERED.includes(pathname)) return Response.json({ error: { code: "not-found" } }, { status: 404 });
  const { handler } = await auth();
  if (pathname !== SIGN_IN) return handler(request);

  const address = await addressIn(request.clone());
  if (attempts.isSpent(address, Date.now())) return Response.json({ error: { code: "too-many" } }, { status: 429 });
  const response = await handler(request);
  if (response.ok) attempts.succeeded(address);
  else attempts.failed(address, Date.now());
  return response;
}

async function addressIn(request: Request): Promise<string> {
  const body: unknown = await request.json().catch(() => null);
  return (isRecord(body) ? presentText(body.email) : null)?.toLowerCase() ?? "";
}
