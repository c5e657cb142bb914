"use client";

import { useEffect, useState } from "react";
import { takeSamples } from "rostro";
import { LocalGallery } from "rostro/local";
import { FaceCamera, useRecognizer } from "rostro/react";

/** A door that knows one person: enrolled from a picture on the first visit, kept in this browser. */
export function Door() {
  const [gallery, setGallery] = useState<LocalGallery | null>(null);
  const engine = useRecognizer({ gallery });

  useEffect(() => {
    const opening = LocalGallery.open();
    opening.then(setGallery);
    return () => void opening.then((opened) => opened.close());
  }, []);

  useEffect(() => {
    if (gallery === null || engine.recognizer === null) return;
    void enrolled(gallery, engine.recognizer);
  }, [gallery, engine.recognizer]);

  return <FaceCamera engine={engine} camera={{ autoStart: "always" }} locale="en" />;
}

async function enrolled(gallery: LocalGallery, recognizer: Parameters<typeof takeSamples>[0]): Promise<void> {
  if ((await gallery.people()).length > 0) return;
  const picture = await (await fetch("/portrait.png")).blob();
  const { samples } = await takeSamples(recognizer, [picture]);
  await gallery.add({ name: "Eileen Collins" }, samples);
}
