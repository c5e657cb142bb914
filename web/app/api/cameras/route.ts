import { readNewCamera } from "@/lib/cameras";
import { add } from "@/lib/cameras-service";
import { isSameOrigin } from "@/lib/request-guard";

/** Adds a camera: 201 `{id}`, or a `CameraRefusal`. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  return add(readNewCamera(await request.json().catch(() => null)));
}
