/** What the relay's operator chooses, asked and told by this app's server. */
import "server-only";

import { RostroError, type RelayAdmin } from "rostro/next";

import { SAVING_STATUS, type RelayChoices, type SavingProblem, type SavingRefusal } from "./relay-choices";
import { withRelay } from "./with-relay";

/** What is chosen and how far the move to SFace is; `null` while the relay does not answer. */
export function relayChoices(): Promise<RelayChoices | null> {
  return withRelay(async (relay) => {
    const [settings, upgrades] = await Promise.all([relay.settings(), relay.upgrades()]);
    return { settings, upgrades };
  }).catch((error: unknown) => {
    if (error instanceof RostroError) return null;
    throw error;
  });
}

/** Tells the relay: 204, or a {@link SavingRefusal}. `change` is `null` where the request made no sense. */
export async function save<C>(
  change: C | null,
  tell: (relay: RelayAdmin, change: C) => Promise<unknown>,
): Promise<Response> {
  if (change === null) return refusal("invalid");
  try {
    await withRelay((relay) => tell(relay, change));
    return new Response(null, { status: 204 });
  } catch (error) {
    if (!(error instanceof RostroError)) throw error;
    return refusal(problemOf(error));
  }
}

function refusal(code: SavingProblem): Response {
  const body: SavingRefusal = { error: { code } };
  return Response.json(body, { status: SAVING_STATUS[code] });
}

function problemOf({ code }: RostroError): SavingProblem {
  switch (code) {
    case "relay-unreachable":
    case "busy":
      return "relay-unreachable";
    case "not-found":
      return "gone";
    case "invalid-request":
      return "invalid";
    default:
      return "failed";
  }
}
