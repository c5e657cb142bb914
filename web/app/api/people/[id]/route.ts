import { RostroError } from "rostro/relay";

import { audit, audited } from "@/lib/accounts/audit";
import { forget } from "@/lib/people-service";
import { readPersonChange } from "@/lib/relay-choices";
import { save } from "@/lib/relay-choices-service";
import { isSameOrigin } from "@/lib/request-guard";

/** Forgets a person: 204, 404 where there is none, 503 while the relay cannot be asked to forget them. */
export async function DELETE(request: Request, context: RouteContext<"/api/people/[id]">): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  try {
    if (!(await forget(id))) return Response.json({ error: "There is no such person" }, { status: 404 });
    await audit("person.forgotten", { id });
    return new Response(null, { status: 204 });
  } catch (error) {
    if (!(error instanceof RostroError)) throw error;
    return Response.json({ error: "The relay did not forget this person", message: error.message }, { status: 503 });
  }
}

/** Changes how sure the relay must be of this person: 204, or a `SavingRefusal`. The key is the relay's own id. */
export async function PATCH(request: Request, context: RouteContext<"/api/people/[id]">): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  const change = readPersonChange(await request.json().catch(() => null));
  return audited("person.changed", { id }, save(change, (relay, given) => relay.changePerson(id, given)));
}
