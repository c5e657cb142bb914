/** What the events page and the status page show of the stored events. On the server. */
import "server-only";

import { database } from "@/db/database";
import { listCameras, listEvents, newestSequence } from "@/db/detections";
import { detectionsPerHour } from "@/db/detections-per-hour";
import { listClientNames } from "@/db/people";

import { readFilters, takesNewEvents, type ReadFilters } from "./event-filters";
import { eventsAnswer, type EventsAnswer } from "./events-feed";
import type { HourCount } from "./hours";

export interface EventsShown extends ReadFilters {
  initial: EventsAnswer;
  /** Whether events that arrive can pass. */
  live: boolean;
  /** What can be filtered by. */
  cameras: { id: string; name: string }[];
  names: string[];
}

/** The events that pass an address's filters. A camera that does not exist makes no sense either. */
export async function eventsFor(query: URLSearchParams): Promise<EventsShown> {
  const db = await database();
  const [cameras, names] = await Promise.all([listCameras(db), listClientNames(db)]);
  const { filters: asked, wrong } = readFilters(query);
  const isCameraKnown = asked.camera === null || cameras.some(({ id }) => id === asked.camera);
  const filters = isCameraKnown ? asked : { ...asked, camera: null };
  // Asked first: what arrives between the two is looked at by the first poll.
  const head = await newestSequence(db);
  return {
    filters,
    wrong: isCameraKnown ? wrong : [...wrong, "camera"],
    initial: eventsAnswer(await listEvents(db, { filters }), head),
    live: takesNewEvents(filters, new Date()),
    cameras,
    names,
  };
}

/** The faces of the last 24 hours. */
export async function lastDay(): Promise<HourCount[]> {
  return detectionsPerHour(await database(), new Date());
}
