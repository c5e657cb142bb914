import { createTicketRoute } from "rostro/next";

import { CAMERA_ID } from "@/lib/camera-id";
import { relayApiKey, relayUrl } from "@/lib/settings";

/** What this app's own pages may do at the relay, for a while: name people and report whom they see. */
export function POST(request: Request): Promise<Response> {
  const route = createTicketRoute({
    relay: { url: relayUrl(), apiKey: relayApiKey() },
    allow: () => ({ uses: ["report", "gallery", "events"], camera_id: CAMERA_ID }),
  });
  return route(request);
}
