import { useCallback, useState } from "react";
import type { Recognition, Recognizer } from "rostro";
import type { Reporting } from "rostro/react";

/** Captures by hand: every face of one picture, reported by both channels at once. */
export function useCapture(recognizer: Recognizer | null, report: Reporting["report"]) {
  const [busy, setBusy] = useState(false);

  /** What was found; `null` for what is no picture, or while there is no recogniser. */
  const capture = useCallback(
    async (picture: HTMLVideoElement | Blob | null): Promise<Recognition | null> => {
      if (recognizer === null || picture === null) return null;
      setBusy(true);
      try {
        const found = await recognizer.recognize(picture);
        void report(found.faces, { hybrid: true, source: picture });
        return found;
      } catch {
        return null;
      } finally {
        setBusy(false);
      }
    },
    [recognizer, report],
  );
  return { busy, capture };
}
