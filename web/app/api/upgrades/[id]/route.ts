import { audited } from "@/lib/accounts/audit";
import { readDecision } from "@/lib/relay-choices";
import { save } from "@/lib/relay-choices-service";
import { isSameOrigin } from "@/lib/request-guard";

/** Accepts or refuses a sighting as an encoding of the person: 204, or a `SavingRefusal`. */
export async function POST(request: Request, context: RouteContext<"/api/upgrades/[id]">): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  const decision = /^\d{1,15}$/u.test(id) ? readDecision(await request.json().catch(() => null)) : null;
  return audited(
    "upgrade.decided",
    { id },
    save(decision, (relay, given) => relay.decideUpgrade(Number(id), given)),
  );
}
