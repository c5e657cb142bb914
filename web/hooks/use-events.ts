"use client";

import { useCallback, useEffect, useRef, useState } from "react";

import type { EventLine } from "@/db/detections";
import { EVENTS_PAGE, merged, movedOn, type EventsAnswer, type FeedPosition } from "@/lib/events-feed";

const POLL_MS = 2_000;

interface EventsShown {
  /** What the page was made with. */
  initial: EventsAnswer;
  /** The filters, as `filtersQuery` writes them. */
  query: string;
  /** Whether events that arrive can pass them. */
  live: boolean;
}

/** The list, kept up to date while the page is in view. Other filters want another list: a key on its component. */
export function useEvents({ initial: { events: initial, cursor: first }, query, live }: EventsShown) {
  const [lines, setLines] = useState(initial);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [connected, setConnected] = useState(true);
  const [more, setMore] = useState(initial.length >= EVENTS_PAGE);
  const [loading, setLoading] = useState(false);
  const position = useRef<FeedPosition>({ after: first, cursor: first, againUntil: 0 });

  useEffect(() => {
    if (!live) return;
    const abort = new AbortController();
    const poll = async () => {
      if (document.hidden) return;
      try {
        const { after, cursor: seen } = position.current;
        const { events: arrived, cursor } = await fetchEvents(`after=${after}&${query}`, abort.signal);
        const added = arrived.filter(({ sequence }) => sequence > seen);
        setConnected(true);
        position.current = movedOn(position.current, cursor, added.length > 0, Date.now());
        if (arrived.length === 0) return;
        if (added.length > 0) setFresh(new Set(added.map(({ id }) => id)));
        setLines((shown) => merged(shown, arrived));
      } catch {
        if (!abort.signal.aborted) setConnected(false);
      }
    };
    let timer = setTimeout(function again() {
      void poll().finally(() => {
        if (!abort.signal.aborted) timer = setTimeout(again, POLL_MS);
      });
    }, POLL_MS);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [live, query]);

  const oldest = lines.at(-1)?.sequence;
  const load = useCallback(() => {
    if (oldest === undefined) return;
    setLoading(true);
    fetchEvents(`before=${oldest}&${query}`)
      .then(({ events: arrived }) => {
        setLines((shown) => merged(shown, arrived));
        setMore(arrived.length >= EVENTS_PAGE);
      })
      .catch(() => {
        setConnected(false);
      })
      .finally(() => {
        setLoading(false);
      });
  }, [oldest, query]);

  const replace = useCallback((line: EventLine) => setLines((shown) => merged(shown, [line])), []);

  return { lines, fresh, connected, replace, older: { more, loading, load } };
}

async function fetchEvents(query: string, signal?: AbortSignal): Promise<EventsAnswer> {
  const response = await fetch(`/api/events?${query}`, { cache: "no-store", ...(signal && { signal }) });
  if (!response.ok) throw new Error(`the events answered ${response.status}`);
  const answer: EventsAnswer = await response.json();
  return answer;
}
