"use client";

import { useEffect, useState, type ChangeEvent } from "react";
import type { Recognition, Recognizer } from "rostro";
import { FaceBoxes, type Reporting } from "rostro/react";

import { plural } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import styles from "./live-view.module.css";
import { useCapture } from "./use-capture";

interface PictureFileProps {
  recognizer: Recognizer | null;
  /** Reports what was found. */
  onCapture: Reporting["report"];
}

type Seen = { url: string; found: Recognition | null };

/** A picture file instead of the camera: who is in it, drawn over it, and reported by both channels. */
export function PictureFile({ recognizer, onCapture }: PictureFileProps) {
  const { locale, t } = useI18n();
  const { busy, capture } = useCapture(recognizer, onCapture);
  const [seen, setSeen] = useState<Seen | null>(null);
  useEffect(() => () => URL.revokeObjectURL(seen?.url ?? ""), [seen]);

  async function choose(event: ChangeEvent<HTMLInputElement>) {
    const [file] = event.target.files ?? [];
    event.target.value = "";
    if (file) setSeen({ url: URL.createObjectURL(file), found: await capture(file) });
  }

  return (
    <div className={styles.file}>
      <label className={`${ui.button} ${ui.quiet}`} data-disabled={recognizer === null || busy}>
        {t.live.fromFile}
        <input
          className="visually-hidden"
          type="file"
          accept="image/jpeg,image/png,image/webp"
          disabled={recognizer === null || busy}
          data-testid="live-file"
          onChange={(event) => void choose(event)}
        />
      </label>
      {seen !== null && (
        <figure className={styles.seen} data-testid="live-picture" data-faces={seen.found?.faces.length ?? "none"}>
          <div className={styles.still}>
            {/* An object URL of this page: there is nothing for an image service to optimise. */}
            <img src={seen.url} alt={t.live.chosenPicture} />
            {seen.found && (
              <div className={styles.over}>
                <FaceBoxes {...seen.found} locale={locale} />
              </div>
            )}
          </div>
          <figcaption className="muted small">
            {seen.found === null
              ? t.live.noPicture
              : seen.found.faces.length === 0
                ? t.live.nobody
                : plural(t.live.facesInView, seen.found.faces.length)}
          </figcaption>
        </figure>
      )}
    </div>
  );
}
