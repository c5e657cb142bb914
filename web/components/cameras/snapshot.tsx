"use client";

import { useEffect, useState } from "react";

import { snapshotPath } from "@/lib/camera-calls";
import { fill } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import { useInBrowser } from "../time";
import styles from "./camera-state.module.css";

/** How long after a picture the next is asked for, and after none came. */
const AGAIN_MS = 5_000;

/** What a camera sees, taken anew while the page is in view and the camera is live. */
export function Snapshot({ id, name, isLive: isCameraLive }: { id: string; name: string; isLive: boolean }) {
  const { live } = useI18n().t.cameras;
  // Of a picture that the server had written, the browser might tell before anybody listens.
  const isLive = useInBrowser() && isCameraLive;
  const [turn, setTurn] = useState(0);
  const [shown, setShown] = useState<"waiting" | "picture" | "none">("waiting");
  useEffect(() => {
    if (!isLive || shown === "waiting") return;
    const timer = setInterval(() => {
      if (document.hidden) return;
      clearInterval(timer);
      setShown("waiting");
      setTurn((before) => before + 1);
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [isLive, shown]);
  const [hasPicture, setHasPicture] = useState(false);
  return (
    <div className={styles.snapshot} data-testid="camera-snapshot" data-shown={isLive && hasPicture}>
      {isLive ? (
        <img
          src={snapshotPath(id, turn)}
          alt={hasPicture ? fill(live.snapshot, { name }) : ""}
          hidden={!hasPicture}
          onLoad={() => {
            setHasPicture(true);
            setShown("picture");
          }}
          onError={() => {
            setHasPicture(false);
            setShown("none");
          }}
        />
      ) : null}
      {!(isLive && hasPicture) && <span className="muted small">{live.noSnapshot}</span>}
    </div>
  );
}
