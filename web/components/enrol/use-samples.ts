"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Recognizer } from "rostro";

import type { Sample, SampleSource } from "@/lib/enrolment";
import { facesOf, type Box, type FoundFace } from "@/lib/faces";
import { onlyFace, thumbnailSquare, type SampleProblem } from "@/lib/sample-check";

/** A sample with its thumbnail, which never leaves this page. */
export interface TakenSample extends Sample {
  id: string;
  source: SampleSource;
  /** An object URL. */
  thumbnail: string;
}

/** What the last attempt came to. */
export type SampleNotice =
  | { kind: "problem"; problem: SampleProblem; file: string | null }
  | { kind: "known"; name: string };

const THUMBNAIL_PX = 168;

/** The samples of one enrolment, taken from pictures by `recognizer`. */
export function useSamples(recognizer: Recognizer | null) {
  const [samples, setSamples] = useState<readonly TakenSample[]>([]);
  const [notices, setNotices] = useState<readonly SampleNotice[]>([]);
  const [working, setWorking] = useState(false);
  const taken = useRef<readonly TakenSample[]>([]);

  const keep = useCallback((next: readonly TakenSample[]) => {
    taken.current = next;
    setSamples(next);
  }, []);

  const clear = useCallback(() => {
    for (const sample of taken.current) URL.revokeObjectURL(sample.thumbnail);
    keep([]);
    setNotices([]);
  }, [keep]);

  useEffect(() => () => taken.current.forEach((sample) => URL.revokeObjectURL(sample.thumbnail)), []);

  /** Tries each picture in turn; those that make no sample leave a notice. */
  const add = useCallback(
    async (pictures: readonly { picture: ImageBitmapSource; file: string | null }[], source: SampleSource) => {
      if (recognizer === null) return;
      setWorking(true);
      const found: SampleNotice[] = [];
      for (const { picture, file } of pictures) {
        const attempt = await takeSample(recognizer, picture, taken.current);
        if (!attempt.ok) {
          found.push({ kind: "problem", problem: attempt.problem, file });
          continue;
        }
        const { face, thumbnail } = attempt;
        if (face.name !== null) found.push({ kind: "known", name: face.name });
        const { model, embedding } = face;
        keep([...taken.current, { id: crypto.randomUUID(), source, thumbnail, model, embedding }]);
      }
      setNotices(found);
      setWorking(false);
    },
    [recognizer, keep],
  );

  const remove = useCallback(
    (id: string) => {
      const gone = taken.current.find((sample) => sample.id === id);
      if (gone) URL.revokeObjectURL(gone.thumbnail);
      keep(taken.current.filter((sample) => sample.id !== id));
    },
    [keep],
  );

  return { samples, notices, working, add, remove, clear };
}

type Attempt = { ok: true; face: FoundFace; thumbnail: string } | { ok: false; problem: SampleProblem };

/** The one face of `picture`, if it is that of the person in `earlier`. */
async function takeSample(
  recognizer: Recognizer,
  picture: ImageBitmapSource,
  earlier: readonly TakenSample[],
): Promise<Attempt> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    return { ok: false, problem: "unreadable" };
  }
  try {
    const choice = onlyFace(facesOf(await recognizer.recognize(bitmap)));
    if (!choice.ok) return choice;
    const { face } = choice;
    if (!(await isSamePerson(recognizer, face, earlier))) return { ok: false, problem: "otherPerson" };
    return { ok: true, face, thumbnail: await thumbnailOf(bitmap, face.box) };
  } catch {
    return { ok: false, problem: "failed" };
  } finally {
    bitmap.close();
  }
}

/** Whether the face is like any of the samples: one turned to the left may be unlike one turned to the right. */
async function isSamePerson(
  recognizer: Recognizer,
  face: FoundFace,
  earlier: readonly TakenSample[],
): Promise<boolean> {
  const comparable = earlier.filter((sample) => sample.model === face.model);
  if (comparable.length === 0) return true;
  const comparisons = await Promise.all(
    comparable.map((sample) => recognizer.compare(face.model, sample.embedding, face.embedding)),
  );
  return comparisons.some(({ same }) => same);
}

async function thumbnailOf(bitmap: ImageBitmap, box: Box): Promise<string> {
  const { left, top, side } = thumbnailSquare(box);
  const canvas = document.createElement("canvas");
  canvas.width = THUMBNAIL_PX;
  canvas.height = THUMBNAIL_PX;
  canvas.getContext("2d")?.drawImage(bitmap, left, top, side, side, 0, 0, THUMBNAIL_PX, THUMBNAIL_PX);
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", 0.85);
  });
  if (blob === null) throw new Error("the browser made no thumbnail");
  return URL.createObjectURL(blob);
}
