"use client";

import Link from "next/link";

import type { EventLine } from "@/db/detections";

import { useI18n } from "../i18n-provider";
import { Percentage } from "../percentage";
import { LocalTime } from "../time";
import ui from "../ui.module.css";
import styles from "./person.module.css";

/** Where and when somebody was last seen. */
export function Sightings({ name, sightings }: { name: string; sightings: EventLine[] }) {
  const { t } = useI18n();
  const { sightings: texts } = t.person;
  if (sightings.length === 0) return <p className="muted" data-testid="sightings-none">{texts.none}</p>;
  return (
    <>
      <ul className={styles.sightings}>
        {sightings.map(({ id, occurredAt, cameraName, confidence, correction }) => (
          <li key={id} data-testid="sighting">
            <LocalTime iso={occurredAt} />
            <span className={`muted ${styles.camera}`}>{cameraName}</span>
            {correction !== null ? (
              <span className={ui.badge} data-tone="warn">
                {texts.corrected}
              </span>
            ) : (
              confidence !== null && <Percentage share={confidence} />
            )}
          </li>
        ))}
      </ul>
      <p>
        <Link href={{ pathname: "/events", query: { person: name } }} data-testid="sightings-all">
          {texts.all}
        </Link>
      </p>
    </>
  );
}
