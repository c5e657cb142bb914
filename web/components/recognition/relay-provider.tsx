"use client";

import { createContext, use, useEffect, useMemo, useState, type ReactNode } from "react";
import { MODEL_IDS } from "rostro";
import { RelayClient, type GalleryList } from "rostro/relay";
import type { RelayState } from "rostro/relay";

/** How often the relay is asked whether it is there; the socket tells of a changed gallery at once. */
const ASK_MS = 5_000;

/** The camera that this browser is. The web app's database knows it by this id. */
const CAMERA_ID = "webcam";

export interface Relay {
  /** `null` before the first effect, on the server. */
  client: RelayClient | null;
  state: RelayState;
  /** One for each model; `null` until the relay has answered once. */
  galleries: readonly GalleryList[] | null;
}

const RelayContext = createContext<Relay | null>(null);

/** Holds the one connection to the relay, and the people that it knows. */
export function RelayProvider({ url, children }: { url: string; children: ReactNode }) {
  const [client, setClient] = useState<RelayClient | null>(null);
  const [state, setState] = useState<RelayState>({ rest: "connecting", socket: "connecting", waiting: 0 });
  const [galleries, setGalleries] = useState<readonly GalleryList[] | null>(null);

  useEffect(() => {
    const opened = new RelayClient({ url, cameraId: CAMERA_ID });
    setClient(opened);
    const ends = [
      opened.onState(setState),
      opened.onGalleryChange(() => void refresh()),
    ];
    // What has not changed is answered with 304, so asking often costs little, and it shows whether REST is up.
    async function refresh() {
      try {
        const fetched = await Promise.all(MODEL_IDS.map((model) => opened.gallery(model)));
        setGalleries((held) => (held && isSame(held, fetched) ? held : fetched));
      } catch {
        // The state says that the relay is away; the galleries of before stay.
      }
    }
    void refresh();
    const timer = setInterval(() => void refresh(), ASK_MS);
    return () => {
      clearInterval(timer);
      for (const end of ends) end();
      opened.close();
      setClient(null);
    };
  }, [url]);

  const relay = useMemo(() => ({ client, state, galleries }), [client, state, galleries]);
  return <RelayContext value={relay}>{children}</RelayContext>;
}

/** The client gives the very same object back where nothing has changed. */
function isSame(held: readonly GalleryList[], fetched: readonly GalleryList[]): boolean {
  return held.length === fetched.length && held.every((gallery, index) => gallery === fetched[index]);
}

export function useRelay(): Relay {
  const relay = use(RelayContext);
  if (relay === null) throw new Error("useRelay needs a RelayProvider above it");
  return relay;
}

/** People in the galleries, each once however many encodings they have. */
export function peopleIn(galleries: readonly GalleryList[]): number {
  return new Set(galleries.flatMap((gallery) => gallery.entries.map((entry) => entry.person_id))).size;
}
