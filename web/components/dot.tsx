import styles from "./dot.module.css";

/** How good a state is, in a colour. */
export type Tone = "muted" | "info" | "good" | "warn" | "bad";

/** The colour of a state, beside the words that say it. */
export function Dot({ tone }: { tone: Tone }) {
  return <span className={styles.dot} data-tone={tone} aria-hidden="true" />;
}
