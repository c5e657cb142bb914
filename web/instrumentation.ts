/** Runs once when the server starts: a database that cannot be opened stops it here, not at the first visitor. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { database } = await import("./db/database");
  await database();
}
