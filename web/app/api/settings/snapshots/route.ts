import { audit } from "@/lib/accounts/audit";
import { SAVING_STATUS, type SavingRefusal } from "@/lib/relay-choices";
import { isSameOrigin } from "@/lib/request-guard";
import { readSnapshotPolicy } from "@/lib/snapshots/policy";
import { chooseSnapshots } from "@/lib/snapshots/service";

/** Chooses whether pictures of faces are kept, of whom and how long; what is kept no longer is gone by the answer. 204. */
export async function PUT(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const policy = readSnapshotPolicy(await request.json().catch(() => null));
  if (policy === null) {
    const refusal: SavingRefusal = { error: { code: "invalid" } };
    return Response.json(refusal, { status: SAVING_STATUS.invalid });
  }
  await chooseSnapshots(policy);
  await audit("settings.changed", { details: { snapshotsOf: policy.of, snapshotDays: policy.days } });
  return new Response(null, { status: 204 });
}
