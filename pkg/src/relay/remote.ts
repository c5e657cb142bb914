/** A relay's people, who stay there: it is asked about each face. */
import type { Identified } from "../generated/Identified.js";
import type { LiveGallery } from "../recognizer.js";
import type { FaceMatch } from "../../wasm/rostro_wasm.js";
import type { RelayApi } from "./api.js";

/**
 * The people of `client`'s relay, for `recognizer` of `createRecognizer` or `useRecognizer`, without fetching them: for galleries that a
 * device should not hold, or could not. The embeddings of each look at a face are sent to the relay, which stores
 * nothing; no picture is. A followed face is asked about once for each look, about once a second, and named by two answers
 * that agree. While the relay is away nobody is named, and `onError` is told.
 *
 * The relay looks among the people of the models that the recogniser runs, so `models` must name those that they were
 * enrolled with.
 */
export function remoteGallery(client: Pick<RelayApi, "identify">): LiveGallery {
  return {
    attach: async (recognizer, onError = () => undefined) =>
      recognizer.lookUpBy(async (embeddings) => matchOf(await client.identify(embeddings)), onError),
  };
}

function matchOf({ name, person_id, distance, threshold, model, decision }: Identified): FaceMatch {
  const outcome = decision?.outcome ?? "unknown";
  return {
    outcome: outcome === "not_sure" ? "not-sure" : outcome,
    personId: person_id,
    name,
    distance,
    threshold,
    model,
    confidence: outcome === "known" ? (decision?.probability ?? 0) : 0,
    margin: decision?.margin ?? null,
    falseMatchRate: decision?.false_match_rate ?? null,
  };
}
