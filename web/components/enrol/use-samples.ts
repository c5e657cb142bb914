"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Recognizer, SampleCheck } from "rostro";

import type { Sample, SampleSource } from "@/lib/enrolment";
import { facesOf, type Box, type FoundFace } from "@/lib/faces";
import { poseOf, type Pose } from "@/lib/pose-guide";
import { newestProblem, problemOf, thumbnailSquare, type SampleProblem } from "@/lib/sample-check";

/** A sample with its thumbnail, which never leaves this page. */
export interface TakenSample extends Sample {
  id: string;
  source: SampleSource;
  /** `null` for one that is none of those that are asked for. */
  pose: Pose | null;
  /** By every model that the recogniser runs, the sample's own among them: somebody may be enrolled in another. */
  embeddings: readonly ModelEmbedding[];
  /** An object URL. */
  thumbnail: string;
}

/** Why a picture made no sample. */
export interface SampleNotice {
  problem: SampleProblem;
  file: string | null;
}

interface ModelEmbedding {
  model: string;
  embedding: ArrayLike<number>;
}

/** A good face and a small picture of it. */
export interface Candidate {
  face: FoundFace;
  thumbnail: HTMLCanvasElement;
}

interface GivenPicture {
  picture: ImageBitmapSource;
  file: string | null;
}

const THUMBNAIL_PX = 168;

/** The samples of one enrolment, taken by `recognizer` and held against each other and against everybody enrolled. */
export function useSamples(recognizer: Recognizer | null) {
  const [samples, setSamples] = useState<readonly TakenSample[]>([]);
  const [notices, setNotices] = useState<readonly SampleNotice[]>([]);
  const [working, setWorking] = useState(false);
  const taken = useRef<readonly TakenSample[]>([]);
  const busy = useRef(false);
  // Whoever presses again after being told that a picture is nearly the same means it.
  const insists = useRef(false);

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

  /** Keeps the face as a sample, if it fits those that are there. */
  const file = useCallback(
    async (candidate: Candidate, source: SampleSource, insist: boolean): Promise<SampleProblem | null> => {
      if (recognizer === null) return "failed";
      const { model, embedding, yaw, reportable } = candidate.face;
      const embeddings = [{ model, embedding }, ...(reportable.otherEmbeddings ?? [])];
      const comparable = taken.current.filter((sample) => sample.model === model);
      const all = [...comparable.map((sample) => sample.embedding), embedding];
      const problem = newestProblem(await recognizer.checkSamples(model, all), all.length);
      if (problem !== null && !(problem === "nearIdentical" && insist)) return problem;
      const thumbnail = await urlOf(candidate.thumbnail);
      const id = crypto.randomUUID();
      keep([...taken.current, { id, source, pose: poseOf(yaw), thumbnail, model, embedding, embeddings }]);
      return null;
    },
    [recognizer, keep],
  );

  /** One thing at a time: what comes while another is looked at is passed over. */
  const exclusively = useCallback(async (work: () => Promise<readonly SampleNotice[]>) => {
    if (busy.current) return;
    busy.current = true;
    setWorking(true);
    try {
      setNotices(await work());
    } finally {
      busy.current = false;
      setWorking(false);
    }
  }, []);

  /** Tries each picture in turn; those that make no sample leave a notice. */
  const add = useCallback(
    async (pictures: readonly GivenPicture[], source: SampleSource) => {
      if (recognizer === null) return;
      await exclusively(async () => {
        const found: SampleNotice[] = [];
        const insist = source === "camera" && insists.current;
        for (const { picture, file: name } of pictures) {
          const candidate = await candidateIn(recognizer, picture);
          const problem =
            typeof candidate === "string"
              ? candidate
              : await file(candidate, source, insist).catch((): SampleProblem => "failed");
          if (problem !== null) found.push({ problem, file: name });
        }
        insists.current = source === "camera" && found.some(({ problem }) => problem === "nearIdentical");
        return found;
      });
    },
    [recognizer, exclusively, file],
  );

  /** Takes a face that the camera's guide picked. */
  const take = useCallback(
    (candidate: Candidate) =>
      exclusively(async () => {
        const problem = await file(candidate, "camera", false).catch((): SampleProblem => "failed");
        return problem === null ? [] : [{ problem, file: null }];
      }),
    [exclusively, file],
  );

  const remove = useCallback(
    (id: string) => {
      const gone = taken.current.find((sample) => sample.id === id);
      if (gone) URL.revokeObjectURL(gone.thumbnail);
      keep(taken.current.filter((sample) => sample.id !== id));
    },
    [keep],
  );

  return { samples, notices, working, add, take, remove, clear };
}

/** Somebody enrolled who looks the same as `samples`; `null` where nobody does. */
export function useAlreadyEnrolled(
  recognizer: Recognizer | null,
  samples: readonly TakenSample[],
): SampleCheck["alreadyEnrolled"] {
  const [already, setAlready] = useState<SampleCheck["alreadyEnrolled"]>(null);
  useEffect(() => {
    if (recognizer === null) return;
    let current = true;
    lookalike(recognizer, samples).then(
      (found) => {
        if (current) setAlready(found);
      },
      // Without an answer there is nothing to warn of.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [recognizer, samples]);
  return already;
}

/** By the first model in which there is one. */
async function lookalike(
  recognizer: Recognizer,
  samples: readonly TakenSample[],
): Promise<SampleCheck["alreadyEnrolled"]> {
  for (const model of recognizer.models) {
    const own = samples.flatMap(({ embeddings }) => embeddings.filter((one) => one.model === model));
    if (own.length === 0) continue;
    const { alreadyEnrolled } = await recognizer.checkSamples(model, own.map(({ embedding }) => embedding));
    if (alreadyEnrolled !== null) return alreadyEnrolled;
  }
  return null;
}

/** The one good face of `picture`, or what is wrong with it. */
async function candidateIn(recognizer: Recognizer, picture: ImageBitmapSource): Promise<Candidate | SampleProblem> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    return "unreadable";
  }
  try {
    const recognition = await recognizer.recognize(bitmap);
    const problem = problemOf(recognition.pictureFaults);
    const [face] = facesOf(recognition);
    if (problem !== null || face === undefined) return problem ?? "noFace";
    return { face, thumbnail: thumbnailOf(bitmap, face.box) };
  } catch {
    return "failed";
  } finally {
    bitmap.close();
  }
}

/** A small picture of the face in `box`. */
export function thumbnailOf(picture: CanvasImageSource, box: Box): HTMLCanvasElement {
  const { left, top, side } = thumbnailSquare(box);
  const canvas = document.createElement("canvas");
  canvas.width = THUMBNAIL_PX;
  canvas.height = THUMBNAIL_PX;
  canvas.getContext("2d")?.drawImage(picture, left, top, side, side, 0, 0, THUMBNAIL_PX, THUMBNAIL_PX);
  return canvas;
}

async function urlOf(canvas: HTMLCanvasElement): Promise<string> {
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", 0.85);
  });
  if (blob === null) throw new Error("the browser made no thumbnail");
  return URL.createObjectURL(blob);
}
