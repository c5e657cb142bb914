import { RostroError } from "rostro/relay";

import { forget } from "@/lib/people-service";
import { isSameOrigin } from "@/lib/request-guard";

/** Forgets a person: 204, 404 where there is none, 503 while the relay cannot be asked to forget them. */
export async function DELETE(request: Request, context: RouteContext<"/api/people/[id]">): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  try {
    const found = await forget(id);
    return found
      ? new Response(null, { status: 204 })
      : Response.json({ error: "There is no such person" }, { status: 404 });
  } catch (error) {
    if (!(error instanceof RostroError)) throw error;
    return Response.json({ error: "The relay did not forget this person", message: error.message }, { status: 503 });
  }
}
