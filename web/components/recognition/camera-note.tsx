"use client";

import Link from "next/link";

import { CAMERA_ID, cameraPath, type ReportingCamera, type ReportingPage } from "@/lib/camera-id";
import { fill } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import { useRelay } from "./relay-provider";

/**
 * As which camera this page reports, where that is not the usual one, or why it does not. Whoever stands before a kiosk
 * is offered no other.
 */
export function CameraNote({ camera: { id, name, state }, page }: { camera: ReportingCamera; page: ReportingPage }) {
  const { reporting } = useI18n().t.cameras;
  const { paused } = useRelay().state;
  const isUsual = id === CAMERA_ID;
  if (state === "on" && paused) {
    return (
      <p className={ui.notice} data-tone="warn" role="status" data-testid="camera-note" data-state="paused">
        <span>{fill(reporting.paused, { name: name ?? id })}</span>
      </p>
    );
  }
  if (state === "on" && isUsual) return null;
  const text = fill(reporting[state], { id, name: name ?? id });
  const wayOut = page === "/" && (
    <Link href={isUsual ? "/cameras" : cameraPath("/", CAMERA_ID)}>{isUsual ? reporting.see : reporting.stop}</Link>
  );
  return state === "on" ? (
    <p className="muted" data-testid="camera-note" data-state={state}>
      {text} {wayOut}
    </p>
  ) : (
    <p className={ui.notice} data-tone="warn" role="status" data-testid="camera-note" data-state={state}>
      <span>{text}</span>
      {wayOut}
    </p>
  );
}
