import { adopt } from "@/lib/cameras-service";
import { isSameOrigin } from "@/lib/request-guard";

/** Takes a camera of the relay into this app: 201 `{id}`, or a `CameraRefusal`. */
export async function POST(request: Request, context: RouteContext<"/api/cameras/[id]/adoption">): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const { id } = await context.params;
  return adopt(id);
}
