import type { MetadataRoute } from "next";

import { CAMERA_ID, cameraIn, cameraPath } from "@/lib/camera-id";
import { dictionary } from "@/lib/i18n";
import { visitorLocale } from "@/lib/visitor";

/**
 * What a device needs to know to install the app: it then begins as a kiosk, without the browser around it. With
 * `?camera=` it begins as that camera.
 */
export async function GET(request: Request): Promise<Response> {
  const id = cameraIn(new URL(request.url).searchParams);
  const locale = await visitorLocale();
  const manifest: MetadataRoute.Manifest = {
    name: "Rostro",
    short_name: "Rostro",
    description: dictionary(locale).meta.description,
    lang: locale,
    start_url: id === null || id === CAMERA_ID ? "/kiosk" : cameraPath("/kiosk", id),
    display: "fullscreen",
    background_color: "#0e1412",
    theme_color: "#0b6a5b",
    icons: [{ src: "/icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" }],
    shortcuts: [{ name: dictionary(locale).nav.live, url: "/" }],
  };
  return Response.json(manifest, { headers: { "Content-Type": "application/manifest+json", "Cache-Control": "no-cache" } });
}
