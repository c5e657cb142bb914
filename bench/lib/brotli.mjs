/** Files as a server sends them that compressed them beforehand, as hard as can be. */
import { createHash } from "node:crypto";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

/** The compressed form of `file`, kept in `folder` for the next time. */
export async function compressed(file, folder) {
  const bytes = await readFile(file);
  const place = join(folder, `${createHash("sha256").update(bytes).digest("hex")}.br`);
  if (!(await stat(place).catch(() => undefined))) {
    const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT, BROTLI_MAX_QUALITY, BROTLI_MAX_WINDOW_BITS } = constants;
    const params = { [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY, [BROTLI_PARAM_LGWIN]: BROTLI_MAX_WINDOW_BITS, [BROTLI_PARAM_SIZE_HINT]: bytes.length };
    await mkdir(folder, { recursive: true });
    await writeFile(place, await promisify(brotliCompress)(bytes, { params }));
  }
  return place;
}
