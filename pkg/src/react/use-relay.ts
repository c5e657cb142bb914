import { useEffect, useMemo, useState } from "react";
import type { GalleryList } from "../generated/GalleryList.js";
import { MODEL_IDS } from "../generated/models.js";
import type { LiveGallery } from "../recognizer.js";
import { RelayClient, type RelayOptions } from "../relay/client.js";
import { remoteGallery } from "../relay/remote.js";
import type { RelayState } from "../relay/state.js";

/** A connection to a relay, and the people that it knows. */
export interface Relay {
  /** `null` before the first effect, on the server, and for an address that is none. */
  readonly client: RelayClient | null;
  /** How the connection is; `paused` while the camera that this page is was switched off at the relay. */
  readonly state: RelayState;
  /** One for each model; `null` until the relay has answered once, and where it is asked. They stay while it is away. */
  readonly galleries: readonly GalleryList[] | null;
  /** The relay's people where it is asked, as `people: "asked"` has it; else `null`. */
  readonly asked: LiveGallery | null;
}

/** Choices for {@link useRelay}. */
export interface UseRelayOptions extends RelayOptions {
  /**
   * `fetched`: the relay's people are held in the page, which names faces without a network. `asked`: they stay in the relay,
   * which is asked about each face; see `remoteGallery`. `fetched` by default.
   */
  people?: "fetched" | "asked" | undefined;
}

/** How often the relay is asked whether it is there; the socket tells of a changed gallery at once. */
const ASK_MS = 5_000;

const UNCONNECTED: RelayState = { rest: "connecting", socket: "connecting", waiting: 0, paused: false };

/**
 * Connects to a relay while the component is there, and keeps its people up to date. Only `url`, `cameraId`, `apiKey`,
 * `hybrid` and `people` connect anew when they change.
 */
export function useRelay(options: UseRelayOptions): Relay {
  const [client, setClient] = useState<RelayClient | null>(null);
  const [state, setState] = useState<RelayState>(UNCONNECTED);
  const [galleries, setGalleries] = useState<readonly GalleryList[] | null>(null);
  const { url, cameraId, apiKey, hybrid, people = "fetched" } = options;

  useEffect(() => {
    const opened = new RelayClient(options);
    setClient(opened);
    // What has not changed is answered with 304, so asking often costs little, and it shows whether REST is up.
    const refresh = async () => {
      try {
        if (people === "asked") return void (await opened.health());
        const fetched = await Promise.all(MODEL_IDS.map((model) => opened.gallery(model)));
        setGalleries((held) => (held !== null && isSame(held, fetched) ? held : fetched));
      } catch {
        // The state says that the relay is away; the galleries of before stay.
      }
    };
    const ends = [opened.onState(setState), opened.onGalleryChange(() => void refresh())];
    void refresh();
    const timer = setInterval(() => void refresh(), ASK_MS);
    return () => {
      clearInterval(timer);
      for (const end of ends) end();
      opened.close();
      setClient(null);
      setState(UNCONNECTED);
      setGalleries(null);
    };
  }, [url, cameraId, apiKey, hybrid, people]);

  const asked = useMemo(() => (people === "asked" && client !== null ? remoteGallery(client) : null), [people, client]);
  return useMemo(() => ({ client, state, galleries, asked }), [client, state, galleries, asked]);
}

/** The client gives the very same object back where nothing has changed. */
function isSame(held: readonly GalleryList[], fetched: readonly GalleryList[]): boolean {
  return held.length === fetched.length && held.every((gallery, index) => gallery === fetched[index]);
}

/** People in the galleries, each once however many encodings they have. */
export function peopleIn(galleries: readonly GalleryList[]): number {
  return new Set(galleries.flatMap((gallery) => gallery.entries.map((entry) => entry.person_id))).size;
}
