import { createTicketRoute } from "rostro/next";

import { reportingCamera } from "@/lib/cameras-service";
import { relayApiKey, relayUrl } from "@/lib/settings";

/**
 * What this app's own pages may do at the relay, for a while: name people, and report whom they see as the camera that
 * `?camera=` names. As one that does not exist or is switched off they report nothing.
 */
export function POST(request: Request): Promise<Response> {
  const route = createTicketRoute({
    relay: { url: relayUrl(), apiKey: relayApiKey() },
    allow: async () => {
      const { id, state } = await reportingCamera(new URL(request.url).searchParams);
      return { uses: state === "on" ? ["report", "gallery", "events"] : ["gallery", "events"], camera_id: id };
    },
  });
  return route(request);
}
