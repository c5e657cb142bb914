import { audit } from "@/lib/accounts/audit";
import { removeSample, SAMPLE_STATUS } from "@/lib/person-service";
import { isSameOrigin } from "@/lib/request-guard";

/** Removes one sample of a person, by the relay's id of it: 204, or `{error: {code}}` with a `SampleProblem`. */
export async function DELETE(
  request: Request,
  context: RouteContext<"/api/people/[id]/samples/[sample]">,
): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id, sample } = await context.params;
  const encodingId = Number(sample);
  const removal = Number.isSafeInteger(encodingId)
    ? await removeSample(id, encodingId)
    : ({ ok: false, problem: "gone" } as const);
  if (!removal.ok) {
    const { problem: code } = removal;
    return Response.json({ error: { code } }, { status: SAMPLE_STATUS[code] });
  }
  await audit("person.sample-removed", { id, name: removal.name, details: { model: removal.model, sample: encodingId } });
  return new Response(null, { status: 204 });
}
