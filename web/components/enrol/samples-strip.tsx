"use client";

import { CAMERA_SAMPLES } from "@/lib/enrolment";
import { fill } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import styles from "./enrolment-form.module.css";
import type { TakenSample } from "./use-samples";

interface SamplesStripProps {
  samples: readonly TakenSample[];
  onRemove: (id: string) => void;
}

/** Thumbnails of the samples, with empty places for those still to be taken. */
export function SamplesStrip({ samples, onRemove }: SamplesStripProps) {
  const { t } = useI18n();
  const empty = Math.max(CAMERA_SAMPLES - samples.length, 0);
  return (
    <ol className={styles.strip} data-testid="samples" data-count={samples.length}>
      {samples.map((sample, index) => (
        <li key={sample.id} className={styles.sample} data-testid="sample">
          {/* An object URL of this page: there is nothing for an image service to optimise. */}
          <img src={sample.thumbnail} alt={fill(t.enrol.sampleAlt, { number: index + 1 })} width={84} height={84} />
          <button
            type="button"
            aria-label={fill(t.enrol.remove, { number: index + 1 })}
            title={fill(t.enrol.remove, { number: index + 1 })}
            onClick={() => onRemove(sample.id)}
          >
            ×
          </button>
        </li>
      ))}
      {Array.from({ length: empty }, (_, place) => (
        <li key={`empty-${place}`} className={`${styles.sample} ${styles.place}`} aria-hidden="true">
          {samples.length + place + 1}
        </li>
      ))}
    </ol>
  );
}
