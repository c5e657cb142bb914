/** The files of pictures: one for each, named by its id, in a folder of their own that only the app's user can read. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

const ENDING = ".jpg";

/** Writes a picture that was not there before. */
export async function writeSnapshot(folder: string, id: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(fileOf(folder, id), bytes, { flag: "wx", mode: 0o600 });
}

/** The bytes of a picture; `null` where it is gone. */
export async function readSnapshot(folder: string, id: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return Uint8Array.from(await readFile(fileOf(folder, id)));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Deletes pictures; one that is gone already is no error. */
export async function deleteSnapshots(folder: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) await rm(fileOf(folder, id), { force: true });
}

/** The ids of files that were written before `before`. */
export async function snapshotFiles(folder: string, before: Date): Promise<string[]> {
  const ids: string[] = [];
  for (const name of await readdir(folder).catch(unlessMissing)) {
    if (!name.endsWith(ENDING)) continue;
    const written = await stat(path.join(folder, name)).catch(() => null);
    if (written !== null && written.mtime < before) ids.push(name.slice(0, -ENDING.length));
  }
  return ids;
}

function fileOf(folder: string, id: string): string {
  return path.join(folder, id + ENDING);
}

function unlessMissing(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
