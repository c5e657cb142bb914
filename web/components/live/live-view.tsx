"use client";

import Link from "next/link";
import { useState } from "react";
import {
  CameraControls,
  CameraView,
  EngineStatus,
  FaceBoxes,
  peopleIn,
  useCamera,
  useReporting,
  useWatch,
} from "rostro/react";

import { CAMERA_ID, cameraPath, type ReportingCamera } from "@/lib/camera-id";
import { useSnapshots } from "@/hooks/use-snapshots";
import { plural } from "@/lib/i18n";
import type { SnapshotPolicy } from "@/lib/snapshots/policy";

import { useI18n } from "../i18n-provider";
import { CameraNote } from "../recognition/camera-note";
import { useEngine } from "../recognition/engine-provider";
import { useRelay } from "../recognition/relay-provider";
import { SnapshotNote } from "../snapshots/snapshot-note";
import ui from "../ui.module.css";
import styles from "./live-view.module.css";
import { PictureFile } from "./picture-file";
import { QualityHint } from "./quality-hint";
import { ReportedList } from "./reported-list";
import { StatusCard } from "./status-card";
import { useCapture } from "./use-capture";

interface LiveViewProps {
  /** As which camera it reports. */
  camera: ReportingCamera;
  coolDownSeconds: number;
  /** Whether pictures of faces are kept. */
  snapshots: SnapshotPolicy;
}

/** The camera with names over faces, what was reported, and how everything is. */
export function LiveView({ camera: reportsAs, coolDownSeconds, snapshots }: LiveViewProps) {
  const { locale, t } = useI18n();
  const camera = useCamera();
  const engine = useEngine();
  const relay = useRelay();
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const onReport = useSnapshots(snapshots.of, reportsAs.id);
  const reporting = useReporting(reportsAs.state === "on" ? relay.client : null, {
    coolDownMs: coolDownSeconds * 1_000,
    onReport,
  });

  const on = camera.state.phase === "on" ? camera.state : null;
  const watched = useWatch({
    recognizer: engine.recognizer,
    video,
    onFrame: ({ faces }) => reporting.look(faces, video),
  });

  const capturing = useCapture(engine.recognizer, reporting.report);

  const relayDown = relay.state.rest === "down" && relay.state.socket !== "up";
  const nobodyEnrolled = relay.galleries !== null && peopleIn(relay.galleries) === 0;
  return (
    <div className={styles.layout}>
      <section className={styles.picture} aria-label={t.live.title}>
        <CameraView
          camera={camera}
          onVideo={setVideo}
          locale={locale}
          {...(snapshots.of !== "off" && { labels: { intro: t.snapshots.intro[snapshots.of] } })}
        >
          {on && watched && <FaceBoxes {...watched} mirrored={on.mirrored} locale={locale} />}
        </CameraView>
        <div className={styles.under}>
          <div className={styles.said}>
            <p className={styles.inView} data-testid="faces-in-view" data-count={watched?.faces.length ?? 0}>
              {watched && (watched.faces.length === 0 ? t.live.nobody : plural(t.live.facesInView, watched.faces.length))}
            </p>
            <QualityHint face={watched?.faces[0]} />
          </div>
          {on && (
            <button
              className={`${ui.button} ${ui.quiet}`}
              type="button"
              data-testid="capture"
              disabled={capturing.busy || !watched}
              onClick={() => void capturing.capture(video)}
            >
              {t.live.capture}
            </button>
          )}
          <CameraControls camera={camera} locale={locale} />
        </div>
        <EngineStatus engine={engine} locale={locale} />
        <CameraNote camera={reportsAs} page="/" />
        {reportsAs.state === "on" && <SnapshotNote policy={snapshots} />}
        <Link
          className={styles.kiosk}
          href={reportsAs.id === CAMERA_ID ? "/kiosk" : cameraPath("/kiosk", reportsAs.id)}
        >
          {t.kiosk.open}
        </Link>
        <PictureFile recognizer={engine.recognizer} onCapture={reporting.report} />
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
