import { snapshot } from "@/lib/camera-pictures-service";

/** The next picture of the camera that has that id at the relay, as JPEG; or a `CameraRefusal`. */
export async function GET(request: Request, context: RouteContext<"/api/cameras/[id]/snapshot">): Promise<Response> {
  const { id } = await context.params;
  return snapshot(id, request.signal);
}
