"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useId, type FormEvent } from "react";

import { DETECTION_STATUSES } from "@/db/schema/values";
import {
  endOfDay,
  FILTER_NAMES,
  filtersQuery,
  firstDay,
  lastDay,
  readFilters,
  startOfDay,
  type EventFilters,
} from "@/lib/event-filters";
import { EXPORT_MAX } from "@/lib/events-csv";
import { fill, plural } from "@/lib/i18n";

import { useI18n } from "../i18n-provider";
import { useInBrowser } from "../time";
import ui from "../ui.module.css";
import styles from "./event-filters.module.css";

interface EventFiltersFormProps {
  /** What is in force. */
  filters: EventFilters;
  cameras: readonly { id: string; name: string }[];
  /** Names that can be looked for. */
  names: readonly string[];
}

/** Chooses which events are shown: the choice goes into the page's address. And takes them along as a file. */
export function EventFiltersForm({ filters, cameras, names }: EventFiltersFormProps) {
  const { locale, t } = useI18n();
  const router = useRouter();
  const inBrowser = useInBrowser();
  const id = useId();
  const { history } = t;
  const inForce = FILTER_NAMES.filter((name) => filters[name] !== null).length;
  const query = filtersQuery(filters);

  function apply(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    const chosen = new URLSearchParams({
      person: text("person"),
      status: text("status"),
      camera: text("camera"),
      from: startOfDay(text("from")) ?? "",
      to: endOfDay(text("to")) ?? "",
    });
    const { filters: wanted, wrong } = readFilters(chosen);
    const kept = wrong.includes("to") ? `${filtersQuery(wanted)}&to=${chosen.get("to")}` : filtersQuery(wanted);
    router.push(kept === "" ? "/events" : `/events?${kept}`);
  }

  return (
    <details className={styles.filters} open={inForce > 0} data-testid="events-filters" data-count={inForce}>
      <summary>{inForce === 0 ? history.filters : plural(history.filtersInForce, inForce)}</summary>
      <form className={`${ui.card} ${styles.form}`} onSubmit={apply}>
        <label className={styles.field}>
          <span>{history.person}</span>
          <input
            type="search"
            name="person"
            list={`${id}-names`}
            maxLength={200}
            autoComplete="off"
            defaultValue={filters.person ?? ""}
            data-testid="filter-person"
          />
        </label>
        <datalist id={`${id}-names`}>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </datalist>
        <label className={styles.field}>
          <span>{history.status}</span>
          <select name="status" defaultValue={filters.status ?? ""} data-testid="filter-status">
            <option value="">{history.all}</option>
            {DETECTION_STATUSES.map((status) => (
              <option key={status} value={status}>
                {t.events.statuses[status]}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.field}>
          <span>{history.camera}</span>
          <select name="camera" defaultValue={filters.camera ?? ""} data-testid="filter-camera">
            <option value="">{history.allCameras}</option>
            {cameras.map((camera) => (
              <option key={camera.id} value={camera.id}>
                {camera.name}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.field}>
          <span>{history.from}</span>
          {/* Which day a moment is on, only the visitor's browser knows. */}
          <input
            key={`from-${inBrowser}`}
            type="date"
            name="from"
            defaultValue={inBrowser && filters.from !== null ? firstDay(filters.from) : ""}
            data-testid="filter-from"
          />
        </label>
        <label className={styles.field}>
          <span>{history.to}</span>
          <input
            key={`to-${inBrowser}`}
            type="date"
            name="to"
            defaultValue={inBrowser && filters.to !== null ? lastDay(filters.to) : ""}
            data-testid="filter-to"
          />
        </label>
        <div className={styles.actions}>
          <button className={ui.button} type="submit" data-testid="filters-apply">
            {history.apply}
          </button>
          {inForce > 0 && (
            <Link className={`${ui.button} ${ui.quiet}`} href="/events" data-testid="filters-clear">
              {history.clear}
            </Link>
          )}
        </div>
      </form>
      <p className={styles.export}>
        <a
          className={`${ui.button} ${ui.quiet} ${ui.compact}`}
          href={`/api/events/export?${exportQuery(query, inBrowser)}`}
          download
          data-testid="events-export"
        >
          {history.export}
        </a>
        <span className="muted small">
          {fill(history.exportHint, { count: EXPORT_MAX.toLocaleString(locale) })}
        </span>
      </p>
    </details>
  );
}

/** The filters, and the zone that the visitor reads times in. */
function exportQuery(query: string, inBrowser: boolean): string {
  const zone = inBrowser ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
  return `${query}${query === "" ? "" : "&"}zone=${encodeURIComponent(zone)}`;
}
