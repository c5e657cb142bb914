/** A relay's people, given to a recogniser and kept up to date. */
import { rostroError } from "../errors.js";
import type { LiveGallery } from "../recognizer.js";
import type { RelayClient } from "./client.js";
import { mayPass } from "./retry.js";

/** How often the relay is asked for what changed, beside its own notice by the socket. */
const ASK_MS = 5_000;

/**
 * The people of `client`'s relay, for `recognizer` of `createRecognizer` or `useRecognizer`: they are fetched whole once, then
 * what changed. While the relay is away the people of before stay, nobody if it was never there, and `onError` is told.
 */
export function syncedGallery(client: Pick<RelayClient, "gallery" | "onGalleryChange">): LiveGallery {
  return {
    attach: async (recognizer, onError = () => undefined) => {
      const given = new Map<string, unknown>();
      const give = async () => {
        for (const model of recognizer.models) {
          const gallery = await client.gallery(model);
          if (given.get(model) === gallery) continue;
          await recognizer.setGallery(gallery);
          given.set(model, gallery);
        }
      };
      // A relay that is away comes back.
      await give().catch((error: unknown) => {
        if (!mayPass(rostroError(error).code)) throw error;
        onError(error);
      });
      let last = Promise.resolve();
      const again = () => {
        last = last.then(give).catch(onError);
      };
      const timer = setInterval(again, ASK_MS);
      const end = client.onGalleryChange(again);
      return () => {
        clearInterval(timer);
        end();
      };
    },
  };
}
