/** Why there is no picture, in the terms that a visitor can act on. */

export const CAMERA_PROBLEMS = ["denied", "none", "busy", "insecure", "lost", "failed"] as const;

export type CameraProblem = (typeof CAMERA_PROBLEMS)[number];

/** Names of the exceptions that `getUserMedia` rejects with; browsers differ in which they use. */
const PROBLEMS: Record<string, CameraProblem> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  TrackStartError: "busy",
  AbortError: "busy",
};

/** What an exception of `getUserMedia` means. */
export function cameraProblem(error: unknown): CameraProblem {
  const name = error instanceof Error ? error.name : "";
  return PROBLEMS[name] ?? "failed";
}
