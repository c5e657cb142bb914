"use client";

import Link from "next/link";
import { useState } from "react";

import { useCamera } from "@/hooks/use-camera";
import { useReporting } from "@/hooks/use-reporting";
import { useWatch } from "@/hooks/use-watch";
import { fill, plural } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import { useEngine } from "../recognition/engine-provider";
import { EngineNotice } from "../recognition/engine-notice";
import { peopleIn, useRelay } from "../recognition/relay-provider";
import ui from "../ui.module.css";
import { FaceBoxes } from "./face-boxes";
import styles from "./live-view.module.css";
import { ReportedList } from "./reported-list";
import { Stage } from "./stage";
import { StatusCard } from "./status-card";

/** The camera with names over faces, what was reported, and how everything is. */
export function LiveView({ coolDownSeconds }: { coolDownSeconds: number }) {
  const { t } = useI18n();
  const camera = useCamera();
  const engine = useEngine();
  const relay = useRelay();
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const reporting = useReporting(relay.client, coolDownSeconds);

  const on = camera.state.phase === "on" ? camera.state : null;
  const watched = useWatch({
    recognizer: engine.state.phase === "ready" ? engine.state.recognizer : null,
    video,
    follow: true,
    onFrame: ({ faces }) => reporting.look(faces),
    onError: engine.check,
  });

  const relayDown = relay.state.rest === "down" && relay.state.socket !== "up";
  const nobodyEnrolled = relay.galleries !== null && peopleIn(relay.galleries) === 0;
  return (
    <div className={styles.layout}>
      <section className={styles.picture} aria-label={t.live.title}>
        <Stage camera={camera} onVideo={setVideo}>
          {on && watched && <FaceBoxes faces={watched.faces} frame={watched.frame} mirrored={on.mirrored} />}
        </Stage>
        <div className={styles.under}>
          <p className={styles.inView} data-testid="faces-in-view" data-count={watched?.faces.length ?? 0}>
            {watched && (watched.faces.length === 0 ? t.live.nobody : plural(t.live.facesInView, watched.faces.length))}
          </p>
          {on && camera.devices.length > 1 && (
            <label className={styles.choice}>
              <span className="visually-hidden">{t.live.camera}</span>
              <select value={on.deviceId} onChange={(event) => camera.start(event.target.value)}>
                {camera.devices.map((device, index) => (
                  <option key={device.deviceId} value={device.deviceId}>
                    {device.label || fill(t.live.cameraNumber, { number: index + 1 })}
                  </option>
                ))}
              </select>
            </label>
          )}
          {on && (
            <button
              className={`${ui.button} ${ui.quiet}`}
              type="button"
              data-testid="camera-stop"
              onClick={camera.stop}
            >
              {t.live.stop}
            </button>
          )}
        </div>
        <EngineNotice />
        {relayDown && (
          <p className={ui.notice} data-tone="warn" role="status" data-testid="relay-down">
            {relay.galleries === null ? t.status.relayDownNoGallery : t.status.relayDown}
          </p>
        )}
        {nobodyEnrolled && (
          <p className={ui.notice} data-testid="gallery-empty">
            <span>{t.live.emptyGallery}</span>
            <Link href="/people/new">{t.live.enrolFirst}</Link>
          </p>
        )}
      </section>
      <div className={styles.side}>
        <ReportedList lines={reporting.lines} />
        <StatusCard engine={engine.state} relay={relay} watched={watched} />
      </div>
    </div>
  );
}
