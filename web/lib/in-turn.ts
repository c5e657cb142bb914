/** What this process does one at a time. */

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `work` once all that was given before has settled. For what first looks at the relay's people and then changes
 * them: two at once would see the same and do it twice.
 */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work);
  last = mine.catch(() => undefined);
  return mine;
}
