import { readCameraChange } from "@/lib/cameras";
import { change, remove } from "@/lib/cameras-service";
import { isSameOrigin } from "@/lib/request-guard";

type Context = RouteContext<"/api/cameras/[id]">;

/** Changes a camera, or switches it on or off: 204, or a `CameraRefusal`. */
export async function PATCH(request: Request, context: Context): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  return change(id, readCameraChange(await request.json().catch(() => null)));
}

/** Takes a camera away that no event hangs on: 204, or a `CameraRefusal`. */
export async function DELETE(request: Request, context: Context): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  return remove(id);
}
