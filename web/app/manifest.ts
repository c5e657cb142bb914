import type { MetadataRoute } from "next";

import { dictionary } from "@/lib/i18n";
import { visitorLocale } from "@/lib/visitor";

/** What a device needs to know to install the app: it then begins as a kiosk, without the browser around it. */
export default async function manifest(): Promise<MetadataRoute.Manifest> {
  const locale = await visitorLocale();
  return {
    name: "Rostro",
    short_name: "Rostro",
    description: dictionary(locale).meta.description,
    lang: locale,
    start_url: "/kiosk",
    display: "fullscreen",
    background_color: "#0e1412",
    theme_color: "#0b6a5b",
    icons: [{ src: "/icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" }],
    shortcuts: [{ name: dictionary(locale).nav.live, url: "/" }],
  };
}
