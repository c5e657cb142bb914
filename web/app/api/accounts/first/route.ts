import { readNewAccount } from "@/lib/accounts/new-account";
import { makeFirstAccount, told } from "@/lib/accounts/service";
import { presentText } from "@/lib/identity";
import { isRecord } from "@/lib/json";
import { isSameOrigin } from "@/lib/request-guard";

/** Makes the first account, with the `code` of whoever runs the app where one is needed: 204, or a problem. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const body: unknown = await request.json().catch(() => null);
  const reading = readNewAccount(body);
  if (!reading.ok) return told(reading.problem);
  return told(await makeFirstAccount(reading.account, isRecord(body) ? presentText(body.code) : null));
}
