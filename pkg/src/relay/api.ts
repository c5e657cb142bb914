/** What the relay's REST API answers, for browsers and servers alike. */
import { RostroError } from "../errors.js";
import type { Enrolled } from "../generated/Enrolled.js";
import type { Enrolment } from "../generated/Enrolment.js";
import type { Event as RelayEvent } from "../generated/Event.js";
import type { EventList } from "../generated/EventList.js";
import type { GalleryList } from "../generated/GalleryList.js";
import type { Health } from "../generated/Health.js";
import type { Identified } from "../generated/Identified.js";
import type { IdentifyAnswer } from "../generated/IdentifyAnswer.js";
import type { NewCorrection } from "../generated/NewCorrection.js";
import type { PeopleList } from "../generated/PeopleList.js";
import type { Person } from "../generated/Person.js";
import type { PersonChange } from "../generated/PersonChange.js";
import type { RelaySettings } from "../generated/RelaySettings.js";
import type { RelaySettingsChange } from "../generated/RelaySettingsChange.js";
import type { UpgradeAnswer } from "../generated/UpgradeAnswer.js";
import type { UpgradeDecision } from "../generated/UpgradeDecision.js";
import type { UpgradeStatus } from "../generated/UpgradeStatus.js";
import { Galleries } from "./gallery.js";
import type { RestChannel } from "./rest.js";

/** A person to enrol; see {@link RelayApi.enrol}. */
export type EnrolmentInput = Omit<Enrolment, "samples"> & {
  /** At least one; several make recognition surer. Every face that the recogniser gives is one. */
  samples: readonly { readonly model: string; readonly embedding: ArrayLike<number> }[];
};

/**
 * The relay's REST API. Every promise settles; errors are `RostroError`s with the relay's own codes, or
 * `relay-unreachable`, `busy`, `closed`.
 */
export class RelayApi {
  /**
   * What requests go by.
   *
   * @internal
   */
  protected readonly rest: RestChannel;
  readonly #galleries: Galleries;

  /** @internal */
  protected constructor(rest: RestChannel) {
    this.rest = rest;
    this.#galleries = new Galleries(rest);
  }

  /** Everybody who is enrolled, by name. */
  async people(): Promise<Person[]> {
    const { people }: PeopleList = await this.rest.json({ method: "GET", path: "v1/people" });
    return people;
  }

  /**
   * Enrols a person, or adds samples to the person of that name. What is to be said of the samples comes as `warnings`:
   * near-identical ones, one unlike the others, a face that is enrolled under another name.
   */
  async enrol({ samples, ...person }: EnrolmentInput): Promise<Enrolled> {
    const body: Enrolment = {
      ...person,
      samples: samples.map(({ model, embedding }) => ({ model, embedding: Array.from(embedding) })),
    };
    return this.rest.json({ method: "POST", path: "v1/people", body });
  }

  /** Changes what is set for one person alone; rejects with `not-found` if there is no such id. */
  async changePerson(personId: string, change: PersonChange): Promise<Person> {
    return this.rest.json({ method: "PATCH", path: `v1/people/${encodeURIComponent(personId)}`, body: change });
  }

  /** Forgets a person and every encoding of theirs; rejects with `not-found` if there is no such id. */
  async forget(personId: string): Promise<void> {
    await this.rest.send({ method: "DELETE", path: `v1/people/${encodeURIComponent(personId)}` });
  }

  /** Everybody active in one model, for `recognizer.setGallery`. After the first time only who changed is fetched. */
  async gallery(model: string): Promise<GalleryList> {
    return this.#galleries.of(model);
  }

  /** Stored results, newest first; `before` is the id of an event to go on from. */
  async events(page: { limit?: number; before?: number } = {}): Promise<RelayEvent[]> {
    const query = new URLSearchParams();
    if (page.limit !== undefined) query.set("limit", String(page.limit));
    if (page.before !== undefined) query.set("before", String(page.before));
    const { events }: EventList = await this.rest.json({ method: "GET", path: `v1/events?${query}` });
    return events;
  }

  /**
   * Says that an event's face is not of the person whom it names; `actualName` is kept as a note. The same face is not
   * given that name again, here and in every browser. Rejects with `not-found` where the event is not `correctable`.
   */
  async correct(eventId: number, actualName?: string): Promise<RelayEvent> {
    const body: NewCorrection = { is_not: true, ...(actualName === undefined ? {} : { name: actualName }) };
    return this.rest.json({ method: "POST", path: `v1/events/${eventId}/correction`, body });
  }

  /** Takes the correction of an event back; rejects with `not-found` if there is none. */
  async undoCorrection(eventId: number): Promise<RelayEvent> {
    return this.rest.json({ method: "DELETE", path: `v1/events/${eventId}/correction` });
  }

  /** What the relay's operator chose. */
  async settings(): Promise<RelaySettings> {
    return this.rest.json({ method: "GET", path: "v1/settings" });
  }

  /** Changes what is given and leaves the rest; the settings as they are then. */
  async changeSettings(change: RelaySettingsChange): Promise<RelaySettings> {
    return this.rest.json({ method: "PUT", path: "v1/settings", body: change });
  }

  /** How far the move from `dlib-resnet-v1` to `sface-2021dec` is, and which sightings wait for an answer. */
  async upgrades(): Promise<UpgradeStatus> {
    return this.rest.json({ method: "GET", path: "v1/upgrades" });
  }

  /** Answers a proposal of {@link RelayApi.upgrades}; rejects with `not-found` if it does not wait any more. */
  async decideUpgrade(id: number, decision: UpgradeDecision): Promise<UpgradeStatus> {
    const body: UpgradeAnswer = { decision };
    return this.rest.json({ method: "POST", path: `v1/upgrades/${id}`, body });
  }

  /** How the relay is. */
  async health(): Promise<Health> {
    return this.rest.json({ method: "GET", path: "v1/health" });
  }

  /**
   * Who a face is, by its embeddings (each model's at most once), without anything being stored. For pages that hold no
   * gallery.
   */
  async identify(embeddings: readonly { readonly model: string; readonly embedding: ArrayLike<number> }[]): Promise<Identified> {
    const body = { embeddings: embeddings.map(({ model, embedding }) => ({ model, embedding: Array.from(embedding) })) };
    const { faces }: IdentifyAnswer = await this.rest.json({ method: "POST", path: "v1/identify", body });
    const [face] = faces;
    if (face === undefined) throw new RostroError("internal", "the relay's answer names no face");
    return face;
  }
}
