/** Pictures of the app, for whoever looks at a run and for the documentation. */
import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";

import type { Page } from "@playwright/test";

import { ENROLLED, STRANGER, WORK } from "./environment";

/** Saves a screenshot; with `ROSTRO_E2E_IMAGES`, also there. Only of the portraits, which everybody may show. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!ENROLLED.portrait || !STRANGER.portrait) return;
  const file = path.join(WORK, `${name}.png`);
  await mkdir(WORK, { recursive: true });
  await page.screenshot({ path: file });
  const folder = process.env["ROSTRO_E2E_IMAGES"];
  if (folder) {
    await mkdir(folder, { recursive: true });
    await copyFile(file, path.join(folder, `${name}.png`));
  }
}
