/** The route that gives an app's pages their tickets for the relay. */
import { rostroError } from "../errors.js";
import type { TicketRequest } from "../generated/TicketRequest.js";
import { RelayAdmin, type RelayAdminOptions } from "../relay/admin.js";

/** Choices for {@link createTicketRoute}. */
export interface TicketRouteOptions {
  /** The relay, with its key, which stays here. */
  readonly relay: RelayAdminOptions;
  /**
   * What whoever sends `request` may do, by the app's own log-in; `null` for nobody. Grant what the page needs: `report` for
   * a camera, `gallery` only where the page is to name people by itself, as it is then given everybody's embeddings.
   */
  readonly allow: (request: Request) => Promise<TicketRequest | null> | TicketRequest | null;
}

/**
 * Makes the `POST` handler that `ticketFrom` of `rostro/relay` asks. It answers 200 `{ticket, expires_at}`; 401 where `allow`
 * says so; 403 to a page of another site; 502 where the relay gives no ticket.
 */
export function createTicketRoute({ relay, allow }: TicketRouteOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    if (!isSameSite(request.headers)) return refused(403, "forbidden", "tickets are for this site's own pages");
    const wish = await allow(request);
    if (wish === null) return refused(401, "unauthorized", "log in first");
    try {
      const ticket = await new RelayAdmin(relay).ticket(wish);
      return Response.json(ticket, { headers: { "cache-control": "no-store" } });
    } catch (error) {
      return refused(502, rostroError(error).code, "the relay gave no ticket");
    }
  };
}

/** Whether the page that asks is of the host that it asks; what is no browser says nothing of a page. */
function isSameSite(headers: Headers): boolean {
  const origin = headers.get("origin");
  if (origin === null) return true;
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  return URL.canParse(origin) && new URL(origin).host === host;
}

function refused(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status });
}
