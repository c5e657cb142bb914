import type { FileProgress, FileSource } from "./protocol.js";

/** How far the files are: the WebAssembly module and the models. */
export interface LoadProgress {
  /** The file of which a part has just arrived. */
  readonly file: FileProgress;
  /** Bytes of all files that are here. */
  readonly loadedBytes: number;
  /** Bytes of all files. */
  readonly totalBytes: number;
}

/** Sums the progress of `files`. */
export function progressOver(files: readonly FileSource[]): (file: FileProgress) => LoadProgress {
  const loaded = new Map<string, number>();
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return (file) => {
    loaded.set(file.file, file.loadedBytes);
    const loadedBytes = [...loaded.values()].reduce((sum, bytes) => sum + bytes, 0);
    return { file, loadedBytes, totalBytes };
  };
}
