/** This app's own routes for cameras, called by its pages. */
import { CAMERA_STATUS, type CameraProblem } from "./cameras";
import { isRecord } from "./json";

/** Adds a camera; the problem, or `null`. Never rejects, as the others here. */
export function addCamera(camera: object): Promise<CameraProblem | null> {
  return call("POST", "/api/cameras", camera);
}

export function changeCamera(id: string, change: object): Promise<CameraProblem | null> {
  return call("PATCH", `/api/cameras/${encodeURIComponent(id)}`, change);
}

/** Takes a camera into this app that the relay has. */
export function adoptCamera(id: string): Promise<CameraProblem | null> {
  return call("POST", `/api/cameras/${encodeURIComponent(id)}/adoption`);
}

/** Where the live picture of a camera is had, by the relay's id of it. */
export function feedPath(id: string): string {
  return `/api/cameras/${encodeURIComponent(id)}/feed`;
}

/** Where the next picture of a camera is had, by the relay's id of it; another `turn` makes it another address. */
export function snapshotPath(id: string, turn: number): string {
  return `/api/cameras/${encodeURIComponent(id)}/snapshot?${turn}`;
}

export function removeCamera(id: string): Promise<CameraProblem | null> {
  return call("DELETE", `/api/cameras/${encodeURIComponent(id)}`);
}

async function call(method: string, address: string, body?: object): Promise<CameraProblem | null> {
  try {
    const response = await fetch(address, {
      method,
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    return response.ok ? null : problemIn(await response.json());
  } catch {
    return "failed";
  }
}

function problemIn(answer: unknown): CameraProblem {
  const error = isRecord(answer) ? answer.error : undefined;
  const code = isRecord(error) ? error.code : undefined;
  return isProblem(code) ? code : "failed";
}

function isProblem(code: unknown): code is CameraProblem {
  return typeof code === "string" && Object.hasOwn(CAMERA_STATUS, code);
}
