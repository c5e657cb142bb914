import { visitor } from "@/lib/accounts/session";
import { boundedBytes } from "@/lib/bounded-body";
import { reportingCamera } from "@/lib/cameras-service";
import { isSameOrigin } from "@/lib/request-guard";
import { readFaceKey } from "@/lib/snapshots/face-key";
import { SNAPSHOT_MAX_BYTES } from "@/lib/snapshots/limits";
import { takeSnapshot, type SnapshotProblem } from "@/lib/snapshots/service";

const STATUS: Record<SnapshotProblem | "invalid-face" | "camera-off" | "too-large", number> = {
  "invalid-face": 400,
  "no-picture": 400,
  "not-kept": 403,
  "camera-off": 403,
  "too-large": 413,
  "too-many": 429,
};

/**
 * Keeps the picture of a face that the page has reported: a small JPEG, of the `face` of the `capture`, seen by the
 * `camera`. 204, or `{error: {code}}`; nothing is kept unless the settings say so.
 */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { searchParams } = new URL(request.url);
  const key = readFaceKey(searchParams);
  if (key === null) return problem("invalid-face");
  const bytes = await boundedBytes(request, SNAPSHOT_MAX_BYTES);
  if (bytes === "too-large") return problem("too-large");
  const [sender, camera] = await Promise.all([visitor(), reportingCamera(searchParams)]);
  if (camera.state !== "on") return problem("camera-off");
  const refused = await takeSnapshot(key, bytes, sender?.id ?? "");
  return refused === null ? new Response(null, { status: 204 }) : problem(refused);
}

function problem(code: keyof typeof STATUS): Response {
  return Response.json({ error: { code } }, { status: STATUS[code] });
}
