/** Why there is no picture, in the terms that whoever stands before the camera can act on. */
export type CameraProblem = "denied" | "none" | "busy" | "insecure" | "lost" | "failed";

/** Names of the exceptions that `getUserMedia` rejects with; browsers differ in which they use. */
const PROBLEMS: Readonly<Record<string, CameraProblem>> = {
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
