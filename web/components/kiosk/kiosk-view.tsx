"use client";

import { useEffect, useState } from "react";
import { FaceCamera } from "rostro/react";

import { useSnapshots } from "@/hooks/use-snapshots";
import type { ReportingCamera } from "@/lib/camera-id";
import { fill, plural } from "@/lib/i18n";
import type { SnapshotPolicy } from "@/lib/snapshots/policy";

import { useI18n } from "../i18n-provider";
import { CameraNote } from "../recognition/camera-note";
import { useEngine } from "../recognition/engine-provider";
import { useRelay } from "../recognition/relay-provider";
import { SnapshotNote } from "../snapshots/snapshot-note";
import ui from "../ui.module.css";
import styles from "./kiosk-view.module.css";

/** How long somebody is greeted. */
const GREETED_MS = 4_000;

interface KioskViewProps {
  /** As which camera it reports. */
  camera: ReportingCamera;
  coolDownSeconds: number;
  /** Whether pictures of faces are kept. */
  snapshots: SnapshotPolicy;
}

/** The camera, whoever was recognised last, and what still waits for the relay. */
export function KioskView({ camera, coolDownSeconds, snapshots }: KioskViewProps) {
  const { locale, t } = useI18n();
  const engine = useEngine();
  const relay = useRelay();
  const [greeted, setGreeted] = useState<string | null>(null);
  const onReport = useSnapshots(snapshots.of, camera.id);
  useKiosk();

  useEffect(() => {
    if (greeted === null) return;
    const timer = setTimeout(() => setGreeted(null), GREETED_MS);
    return () => clearTimeout(timer);
  }, [greeted]);

  const isAlone = relay.state.rest === "down" && relay.state.socket !== "up";
  return (
    <div className={styles.kiosk} data-kiosk>
      <FaceCamera
        engine={engine}
        relay={relay}
        report={camera.state === "on" && coolDownSeconds}
        camera={{ autoStart: "always" }}
        locale={locale}
        {...(snapshots.of !== "off" && { labels: { intro: t.snapshots.intro[snapshots.of] } })}
        onReport={onReport}
        onKnown={({ name }) => setGreeted(name)}
      >
        <p className={styles.greeting} role="status" data-testid="greeting">
          {greeted !== null && fill(t.kiosk.hello, { name: greeted })}
        </p>
      </FaceCamera>
      <div className={styles.under}>
        <CameraNote camera={camera} page="/kiosk" />
        {camera.state === "on" && <SnapshotNote policy={snapshots} />}
        <p className="muted" role="status">
          {isAlone && t.kiosk.alone}{" "}
          {relay.state.waiting > 0 && plural(t.kiosk.waiting, relay.state.waiting)}
        </p>
        <FullScreenButton />
      </div>
    </div>
  );
}

/** Where the browser has it: on a telephone it may be missing. */
function FullScreenButton() {
  const { t } = useI18n();
  const [can, setCan] = useState(false);
  useEffect(() => setCan(document.fullscreenEnabled), []);
  if (!can) return null;
  return (
    <button
      className={`${ui.button} ${ui.quiet} ${styles.full}`}
      type="button"
      data-testid="full-screen"
      onClick={() => void document.documentElement.requestFullscreen().catch(() => undefined)}
    >
      {t.kiosk.fullScreen}
    </button>
  );
}

/** Keeps the page for when there is no network, and the screen on while it is looked at. */
function useKiosk() {
  useEffect(() => {
    void navigator.serviceWorker?.register("/sw.js").catch(() => undefined);
    void navigator.storage?.persist?.();
    let lock: WakeLockSentinel | undefined;
    const keepOn = async () => {
      if (document.visibilityState !== "visible") return;
      // A battery that is low, or a browser without it: the screen goes off as it would.
      lock = await navigator.wakeLock?.request("screen").catch(() => undefined);
    };
    void keepOn();
    document.addEventListener("visibilitychange", keepOn);
    return () => {
      document.removeEventListener("visibilitychange", keepOn);
      void lock?.release();
    };
  }, []);
}
