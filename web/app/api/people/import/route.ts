import { audit } from "@/lib/accounts/audit";
import { boundedJson } from "@/lib/bounded-body";
import { readBatch } from "@/lib/import/batch";
import { BATCH_MAX_BYTES } from "@/lib/import/limits";
import { IMPORT_STATUS, type ImportProblem, type Outcome, type Taken } from "@/lib/import/outcome";
import { importBatch } from "@/lib/import/service";
import { isSameOrigin } from "@/lib/request-guard";

/**
 * Imports a batch of people's details and of the Flask app's encodings, or says what would come of it where it is `dry`:
 * `{outcomes}` in the order of the items, or `{error: {code}}` with an `ImportProblem`. The same batch again adds nothing.
 */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const body = await boundedJson(request, BATCH_MAX_BYTES);
  if (body === "too-large") return problem("too-large");
  const batch = readBatch(body.json);
  if (batch === null) return problem("invalid-batch");
  const outcomes = await importBatch(batch);
  if (outcomes === null) return problem("relay-unreachable");
  if (!batch.dry) await audit("people.imported", { details: counted(outcomes) });
  return Response.json({ outcomes }, { headers: { "Cache-Control": "no-store" } });
}

function problem(code: ImportProblem): Response {
  return Response.json({ error: { code } }, { status: IMPORT_STATUS[code] });
}

function counted(outcomes: readonly Outcome[]) {
  const taken = outcomes.filter((outcome): outcome is Taken => !("refused" in outcome));
  return {
    newPeople: taken.filter(({ isNew }) => isNew).length,
    detailsAdded: taken.filter(({ filled }) => filled.length > 0).length,
    samplesAdded: taken.reduce((sum, { added }) => sum + added, 0),
    alreadyThere: taken.reduce((sum, { there }) => sum + there, 0),
    refused: outcomes.length - taken.length,
  };
}
