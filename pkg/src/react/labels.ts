/** What the components say, in the two languages that they come with. */
import { useMemo, useSyncExternalStore } from "react";
import type { SampleFault } from "../samples.js";
import type { CameraProblem } from "./camera-problem.js";
import type { Pose } from "./pose-guide.js";
import { en } from "./labels.en.js";
import { es } from "./labels.es.js";

/** A language that the components speak. */
export type Locale = "es" | "en";

/** Every text of the components. Any of them may be replaced by `labels`. */
export interface Labels {
  /** Says what the camera is asked for, before it is turned on. */
  readonly intro: string;
  readonly start: string;
  readonly stop: string;
  readonly starting: string;
  readonly retry: string;
  /** Names the picture, and the choice of cameras. */
  readonly camera: string;
  readonly cameraNumber: (number: number) => string;
  readonly problems: Readonly<Record<CameraProblem, { readonly title: string; readonly action: string }>>;
  readonly loading: (loadedMegabytes: number, totalMegabytes: number) => string;
  readonly preparing: string;
  readonly engineFailed: string;
  /** While the relay has the camera of this page switched off. */
  readonly paused: string;
  readonly nobody: string;
  readonly facesInView: (count: number) => string;
  /** Over a face that is nobody's of the gallery. */
  readonly unknown: string;
  /** Over a face while too little was seen of it. */
  readonly looking: string;
  /** Over a face whose looks contradict each other. */
  readonly notSure: string;
  /** Over a face while there is no gallery to look in. */
  readonly notLookedUp: string;
  readonly poses: Readonly<Record<Pose, { readonly instruction: string; readonly step: string }>>;
  readonly posesTitle: string;
  readonly poseDone: string;
  readonly hold: string;
  readonly enough: string;
  readonly faults: Readonly<Record<SampleFault | "failed", string>>;
  readonly faultOf: (file: string, fault: string) => string;
  readonly capture: string;
  readonly capturing: string;
  readonly progress: (count: number, needed: number) => string;
  readonly chooseFiles: string;
  readonly filesHint: string;
  readonly sample: (number: number) => string;
  readonly removeSample: (number: number) => string;
  readonly alreadyEnrolled: (name: string) => string;
  readonly done: string;
}

const LABELS: Readonly<Record<Locale, Labels>> = { es, en };

/** The components' texts in `locale`, or in the page's language; those in `replaced` instead of ours. */
export function useLabels(locale?: Locale, replaced?: Partial<Labels>): Labels {
  const ofPage = useSyncExternalStore(never, pageLocale, serverLocale);
  return useMemo(() => ({ ...LABELS[locale ?? ofPage], ...replaced }), [locale, ofPage, replaced]);
}

const never = () => () => undefined;

function pageLocale(): Locale {
  return localeOf(document.documentElement.lang || navigator.language);
}

/** A server does not know the page's language; give `locale` where its first words should be right. */
const serverLocale = (): Locale => "en";

/** The one of our languages that is nearest to a language tag such as `es-PE`. */
export function localeOf(tag: string): Locale {
  return tag.toLowerCase().startsWith("es") ? "es" : "en";
}
