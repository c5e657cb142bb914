/** What cameras see, passed on from the relay to those who have signed in: the relay's key never reaches a browser. */
import "server-only";

import { refusal } from "./cameras-service";
import { problemOf } from "./relay-cameras";
import { withRelay } from "./with-relay";

/** Pictures of people are kept nowhere on their way, and are nothing but pictures. */
const HEADERS = { "Cache-Control": "no-store, no-transform", "X-Content-Type-Options": "nosniff" };

/** The pictures with boxes and names, without end; the relay is told as soon as whoever watches is gone. */
export async function feed(id: string, watching: AbortSignal): Promise<Response> {
  try {
    const { body, headers } = await withRelay((relay) => relay.cameraFeed(id, { signal: watching }));
    const kind = headers.get("content-type") ?? "";
    if (!kind.startsWith("multipart/x-mixed-replace")) return refusal("failed");
    return new Response(body, { headers: { ...HEADERS, "Content-Type": kind } });
  } catch (error) {
    return refusal(problemOf(error));
  }
}

/** The next picture, as JPEG. */
export async function snapshot(id: string, waiting: AbortSignal): Promise<Response> {
  try {
    const picture = await withRelay((relay) => relay.cameraSnapshot(id, { signal: waiting }));
    return new Response(picture, { headers: { ...HEADERS, "Content-Type": "image/jpeg" } });
  } catch (error) {
    return refusal(problemOf(error));
  }
}
