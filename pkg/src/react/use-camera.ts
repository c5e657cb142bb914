import { useCallback, useEffect, useRef, useState } from "react";
import { cameraProblem, type CameraProblem } from "./camera-problem.js";

/** Which way a camera looks: at whoever holds the device, or away from them. */
export type Facing = "user" | "environment";

/** How a camera is. */
export type CameraState =
  | { readonly phase: "off" }
  | { readonly phase: "starting" }
  | {
      readonly phase: "on";
      readonly stream: MediaStream;
      readonly deviceId: string;
      /** Whether its picture is to be shown as a mirror shows it: people look for themselves in it. */
      readonly mirrored: boolean;
    }
  | { readonly phase: "failed"; readonly problem: CameraProblem };

/** One camera of this device, and what can be done with it. */
export interface Camera {
  readonly state: CameraState;
  /** Cameras of this device; their names are only known once permission was given. */
  readonly devices: readonly MediaDeviceInfo[];
  /** Turns it on: the one with that id, or the one that looks the wished way. */
  readonly start: (deviceId?: string) => void;
  readonly stop: () => void;
}

/** Choices for {@link useCamera}. */
export interface CameraOptions {
  /** Which way it should look, where the device has several; `user` by default. */
  facing?: Facing;
  /** The picture's size that is wished for, in pixels; 1280 × 720 by default. Cameras give what they have. */
  width?: number;
  height?: number;
  /**
   * `always` asks for the camera at once, which is for kiosks. `remembered`, the default, turns it on where this visitor
   * left it on, and gave permission for good: a question without a reason in sight is refused too easily. `never` waits for
   * `start`.
   */
  autoStart?: "always" | "remembered" | "never";
}

/** Problems that may go away by themselves when a camera is plugged in. */
const WAITS_FOR_DEVICE: readonly CameraProblem[] = ["none", "lost", "busy"];

/** How long after a camera was lost, or another program had it, it is tried again: no event tells when that is over. */
const AGAIN_MS = 5_000;

/** Whether this visitor's camera was on when they were last here. */
const LAST_TIME = "rostro-camera";

/**
 * One camera of this device. It starts again by itself when it was lost or missing and is plugged in, every few seconds while
 * it is lost or another program has it, when permission is given after all, and when the page comes back into view after its
 * camera was taken away, as telephones do.
 */
export function useCamera(options: CameraOptions = {}): Camera {
  const { facing = "user", width = 1280, height = 720, autoStart = "remembered" } = options;
  const [state, setState] = useState<CameraState>({ phase: "off" });
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  const stream = useRef<MediaStream | null>(null);
  const wished = useRef<string | undefined>(undefined);
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
      wished.current = deviceId;
      const current = request.current;
      const isCurrent = () => current === request.current;
      if (!("mediaDevices" in navigator)) {
        setState({ phase: "failed", problem: "insecure" });
        return;
      }
      setState({ phase: "starting" });
      open({ deviceId, facing, width, height }).then(
        async (opened) => {
          if (!isCurrent()) {
            opened.getTracks().forEach((track) => track.stop());
            return;
          }
          stream.current = opened;
          remember("on");
          const track = opened.getVideoTracks()[0];
          track?.addEventListener("ended", () => {
            if (!isCurrent()) return;
            release();
            setState({ phase: "failed", problem: "lost" });
          });
          const settings = track?.getSettings();
          setState({
            phase: "on",
            stream: opened,
            deviceId: settings?.deviceId ?? "",
            mirrored: (settings?.facingMode ?? facing) !== "environment",
          });
          const inputs = await videoInputs();
          if (isCurrent()) setDevices(inputs);
        },
        (error: unknown) => {
          if (isCurrent()) setState({ phase: "failed", problem: cameraProblem(error) });
        },
      );
    },
    [release, facing, width, height],
  );

  useEffect(() => {
    let mounted = true;
    if (autoStart === "always") start();
    if (autoStart === "remembered" && wasOn()) {
      void permission().then((given) => {
        if (mounted && given?.state === "granted" && stream.current === null) start();
      });
    }
    return () => {
      mounted = false;
      release();
    };
  }, [start, release, autoStart]);

  const problem = state.phase === "failed" ? state.problem : null;
  useEffect(() => {
    if (problem === null || !("mediaDevices" in navigator)) return;
    const ended = new AbortController();
    const { signal } = ended;
    const again = () => start(wished.current);
    if (WAITS_FOR_DEVICE.includes(problem)) {
      const onChange = () => void videoInputs().then((inputs) => inputs.length > 0 && !signal.aborted && again());
      navigator.mediaDevices.addEventListener("devicechange", onChange, { signal });
    }
    if (problem === "lost" || problem === "busy") {
      const timer = setTimeout(again, AGAIN_MS);
      signal.addEventListener("abort", () => clearTimeout(timer));
    }
    if (problem === "lost") {
      const onVisible = () => document.visibilityState === "visible" && again();
      document.addEventListener("visibilitychange", onVisible, { signal });
    }
    if (problem === "denied") {
      const onGiven = (given: PermissionStatus) => () => given.state === "granted" && again();
      void permission().then((given) => given?.addEventListener("change", onGiven(given), { signal }));
    }
    return () => ended.abort();
  }, [problem, start]);

  return { state, devices, start, stop };
}

interface Wish {
  deviceId: string | undefined;
  facing: Facing;
  width: number;
  height: number;
}

function open({ deviceId, facing, width, height }: Wish): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: {
      width: { ideal: width },
      height: { ideal: height },
      ...(deviceId === undefined ? { facingMode: facing } : { deviceId: { exact: deviceId } }),
    },
  });
}

async function videoInputs(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === "videoinput");
}

/** `null` where the browser does not tell. */
async function permission(): Promise<PermissionStatus | null> {
  try {
    return await navigator.permissions.query({ name: "camera" });
  } catch {
    return null;
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
