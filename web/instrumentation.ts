/** Runs once when the server starts: what cannot be is said here, not to the first visitor. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { database } = await import("./db/database");
  await database();
  const { recoverAccount } = await import("./lib/accounts/recovery");
  await recoverAccount();
  const { sweepHourly } = await import("./lib/snapshots/service");
  sweepHourly();
}
