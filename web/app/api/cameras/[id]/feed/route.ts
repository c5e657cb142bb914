import { feed } from "@/lib/camera-pictures-service";

/** The live picture of the camera that has that id at the relay, as motion JPEG without end; or a `CameraRefusal`. */
export async function GET(request: Request, context: RouteContext<"/api/cameras/[id]/feed">): Promise<Response> {
  const { id } = await context.params;
  return feed(id, request.signal);
}
