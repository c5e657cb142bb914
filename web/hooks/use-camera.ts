"use client";

import { useCallback, useEffect, useRef, useState } from "react";

import { cameraProblem, type CameraProblem } from "@/lib/camera-problem";

export type CameraState =
  | { phase: "off" }
  | { phase: "starting" }
  | { phase: "on"; stream: MediaStream; deviceId: string; mirrored: boolean }
  | { phase: "failed"; problem: CameraProblem };

export interface Camera {
  state: CameraState;
  /** Cameras of this device; their names are only known once permission was given. */
  devices: readonly MediaDeviceInfo[];
  start: (deviceId?: string) => void;
  stop: () => void;
}

/** Problems that may go away by themselves when a camera is plugged in. */
const WAITS_FOR_DEVICE: readonly CameraProblem[] = ["none", "lost"];

/** Whether this visitor's camera was on when they were last here. */
const LAST_TIME = "rostro-camera";

/**
 * One camera of this device. It starts by `start`: a permission question without a reason in sight is refused too
 * easily. Whoever left it on, and gave permission for good, finds it on again.
 */
export function useCamera(): Camera {
  const [state, setState] = useState<CameraState>({ phase: "off" });
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  const stream = useRef<MediaStream | null>(null);
  // Only the last request counts: an answer to an earlier one is switched off again.
  const request = useRef(0);

  const release = useCallback(() => {
    request.current += 1;
    stream.current?.getTracks().forEach((track) => track.stop());
    stream.current = null;
  }, []);

  const stop = useCallback(() => {
    release();
    remember("off");
    setState({ phase: "off" });
  }, [release]);

  const start = useCallback(
    (deviceId?: string) => {
      release();
      const current = request.current;
      if (!("mediaDevices" in navigator)) {
        setState({ phase: "failed", problem: "insecure" });
        return;
      }
      setState({ phase: "starting" });
      open(deviceId).then(
        async (opened) => {
          if (current !== request.current) {
            opened.getTracks().forEach((track) => track.stop());
            return;
          }
          stream.current = opened;
          remember("on");
          const track = opened.getVideoTracks()[0];
          track?.addEventListener("ended", () => {
            if (current !== request.current) return;
            release();
            setState({ phase: "failed", problem: "lost" });
          });
          const settings = track?.getSettings();
          setState({
            phase: "on",
            stream: opened,
            deviceId: settings?.deviceId ?? "",
            mirrored: settings?.facingMode !== "environment",
          });
          setDevices(await videoInputs());
        },
        (error: unknown) => {
          if (current === request.current) setState({ phase: "failed", problem: cameraProblem(error) });
        },
      );
    },
    [release],
  );

  useEffect(() => {
    let mounted = true;
    if (wasOn()) {
      void permissionGiven().then((given) => {
        if (mounted && given && stream.current === null) start();
      });
    }
    return () => {
      mounted = false;
      release();
    };
  }, [start, release]);

  const waiting = state.phase === "failed" && WAITS_FOR_DEVICE.includes(state.problem);
  useEffect(() => {
    if (!waiting || !("mediaDevices" in navigator)) return;
    const onChange = () => {
      void videoInputs().then((inputs) => {
        if (inputs.length > 0) start();
      });
    };
    navigator.mediaDevices.addEventListener("devicechange", onChange);
    return () => {
      navigator.mediaDevices.removeEventListener("devicechange", onChange);
    };
  }, [waiting, start]);

  return { state, devices, start, stop };
}

function open(deviceId: string | undefined): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      ...(deviceId === undefined ? { facingMode: "user" } : { deviceId: { exact: deviceId } }),
    },
  });
}

async function videoInputs(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === "videoinput");
}

/** `false` also where the browser does not tell. */
async function permissionGiven(): Promise<boolean> {
  try {
    const permission = await navigator.permissions.query({ name: "camera" });
    return permission.state === "granted";
  } catch {
    return false;
  }
}

/** Storage may be forbidden; then nothing is remembered. */
function remember(state: "on" | "off") {
  try {
    localStorage.setItem(LAST_TIME, state);
  } catch {
    // The camera is off again next time.
  }
}

function wasOn(): boolean {
  try {
    return localStorage.getItem(LAST_TIME) === "on";
  } catch {
    return false;
  }
}
