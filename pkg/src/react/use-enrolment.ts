import { useCallback, useEffect, useRef, useState } from "react";
import { randomId } from "../random-id.js";
import type { Recognizer } from "../recognizer.js";
import { embeddingsOf, lookalike, misfit, type Sample, type SampleFault } from "../samples.js";
import type { Face, SampleCheck } from "../../wasm/rostro_wasm.js";
import { poseOf, type Pose } from "./pose-guide.js";
import { thumbnailOf, urlOf } from "./thumbnail.js";

/** A sample with its thumbnail, which never leaves this page. */
export interface TakenSample extends Sample {
  readonly id: string;
  readonly source: "camera" | "file";
  /** `null` for one that is none of those that are asked for. */
  readonly pose: Pose | null;
  /** How well the face could be seen, 0..1: the face's `quality.score`. */
  readonly quality: number;
  /** By every model that the recogniser runs, the sample's own first. */
  readonly embeddings: readonly Sample[];
  /** An object URL. */
  readonly thumbnail: string;
}

/** Why a picture made no sample. */
export interface SampleNotice {
  readonly fault: SampleFault | "failed";
  /** The picture file's name; `null` for the camera. */
  readonly file: string | null;
}

/** A good face and a small picture of it. */
export interface Candidate {
  readonly face: Face;
  readonly thumbnail: HTMLCanvasElement;
}

/** A picture to take a sample from. */
export interface GivenPicture {
  readonly picture: HTMLVideoElement | Blob;
  /** Its name; `null` for the camera. */
  readonly file: string | null;
}

/** The samples of one enrolment, and what can be done with them. */
export interface Enrolment {
  readonly samples: readonly TakenSample[];
  /** How many more are needed: three from the camera, or one good picture file. */
  readonly missing: number;
  /** What is to be said of the last pictures. */
  readonly notices: readonly SampleNotice[];
  /** Whether a picture is being looked at. */
  readonly working: boolean;
  /** Somebody of the recogniser's gallery who looks the same; `null` where nobody does. */
  readonly alreadyEnrolled: SampleCheck["alreadyEnrolled"];
  /** Tries each picture in turn; those that make no sample leave a notice. */
  readonly add: (pictures: readonly GivenPicture[]) => Promise<void>;
  /** Takes a face that was found already. */
  readonly take: (candidate: Candidate) => Promise<void>;
  readonly remove: (id: string) => void;
  readonly clear: () => void;
}

/** Samples from the camera before somebody can be enrolled. A single good picture file is enough. */
export const CAMERA_SAMPLES = 3;

/** How many more samples are needed before these can be kept. */
export function samplesMissing(samples: readonly Pick<TakenSample, "source">[]): number {
  if (samples.some(({ source }) => source === "file")) return 0;
  return Math.max(CAMERA_SAMPLES - samples.length, 0);
}

/** The samples of one enrolment, taken by `recognizer` and held against each other and against its gallery. */
export function useEnrolment(recognizer: Recognizer | null): Enrolment {
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
    async ({ face, thumbnail }: Candidate, source: TakenSample["source"], insist: boolean): Promise<Fault | null> => {
      if (recognizer === null) return "failed";
      const fault = await misfit(recognizer, [...taken.current, face]);
      if (fault !== null && !(fault === "near-identical" && insist)) return fault;
      const { model, embedding, quality } = face;
      const sample = { model, embedding, embeddings: embeddingsOf(face), pose: poseOf(quality.yaw), quality: quality.score, source };
      keep([...taken.current, { ...sample, id: randomId(), thumbnail: await urlOf(thumbnail) }]);
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

  const add = useCallback(
    async (pictures: readonly GivenPicture[]) => {
      if (recognizer === null) return;
      await exclusively(async () => {
        const found: SampleNotice[] = [];
        let isRepeated = false;
        for (const { picture, file: name } of pictures) {
          const source = name === null ? "camera" : "file";
          const candidate = await candidateIn(recognizer, picture);
          const fault =
            typeof candidate === "string"
              ? candidate
              : await file(candidate, source, source === "camera" && insists.current).catch((): Fault => "failed");
          if (fault !== null) found.push({ fault, file: name });
          isRepeated ||= source === "camera" && fault === "near-identical";
        }
        insists.current = isRepeated;
        return found;
      });
    },
    [recognizer, exclusively, file],
  );

  const take = useCallback(
    (candidate: Candidate) =>
      exclusively(async () => {
        const fault = await file(candidate, "camera", false).catch((): Fault => "failed");
        return fault === null ? [] : [{ fault, file: null }];
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

  const alreadyEnrolled = useLookalike(recognizer, samples);
  return { samples, missing: samplesMissing(samples), notices, working, alreadyEnrolled, add, take, remove, clear };
}

type Fault = SampleNotice["fault"];

function useLookalike(recognizer: Recognizer | null, samples: readonly TakenSample[]): SampleCheck["alreadyEnrolled"] {
  const [found, setFound] = useState<SampleCheck["alreadyEnrolled"]>(null);
  useEffect(() => {
    if (recognizer === null) return;
    let current = true;
    lookalike(
      recognizer,
      samples.map(({ embeddings }) => embeddings),
    ).then(
      (one) => {
        if (current) setFound(one);
      },
      // Without an answer there is nothing to warn of.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [recognizer, samples]);
  return found;
}

/** The one good face of `picture`, or what is wrong with it. */
async function candidateIn(recognizer: Recognizer, picture: GivenPicture["picture"]): Promise<Candidate | Fault> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    return "unreadable";
  }
  try {
    const { faces, pictureFaults } = await recognizer.recognize(bitmap);
    const [face] = faces;
    if (face === undefined || pictureFaults.length > 0) return pictureFaults[0] ?? "no-face";
    return { face, thumbnail: thumbnailOf(bitmap, face.box) };
  } catch {
    return "failed";
  } finally {
    bitmap.close();
  }
}

