import { audited } from "@/lib/accounts/audit";
import { readSettingsChange } from "@/lib/relay-choices";
import { save } from "@/lib/relay-choices-service";
import { isSameOrigin } from "@/lib/request-guard";

/** Changes the relay's settings that are given: 204, or a `SavingRefusal`. */
export async function PUT(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const change = readSettingsChange(await request.json().catch(() => null));
  return audited("settings.changed", {}, save(change, (relay, given) => relay.changeSettings(given)));
}
