/** What this app's own operator has chosen, beside what is chosen at the relay. */
import { eq } from "drizzle-orm";

import type { Database } from "./database";
import { settings } from "./schema";

/** What is stored under that name; `undefined` where nobody chose. Whoever asks reads it as from anywhere else. */
export async function storedSetting(database: Database, name: string): Promise<unknown> {
  const [row] = await database.select({ value: settings.value }).from(settings).where(eq(settings.name, name));
  return row?.value;
}

/** Stores it in the place of what was chosen before. */
export async function storeSetting(database: Database, name: string, value: object): Promise<void> {
  await database
    .insert(settings)
    .values({ name, value })
    .onConflictDoUpdate({ target: settings.name, set: { value, updatedAt: new Date() } });
}
