import { readNewAccount } from "@/lib/accounts/new-account";
import { makeAccount, told } from "@/lib/accounts/service";
import { isSameOrigin } from "@/lib/request-guard";

/** Makes an account: 204, or a problem. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const reading = readNewAccount(await request.json().catch(() => null));
  return told(reading.ok ? await makeAccount(reading.account) : reading.problem);
}
