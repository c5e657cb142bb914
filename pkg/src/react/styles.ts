/**
 * The components' styles: a sheet that is made by script, which a strict content security policy allows, and which needs no
 * import of CSS. Single classes, so that neither a page's reset undoes them nor a rule of the page with one class more is
 * in vain. Not in a layer: there every reset would win.
 */
import { useInsertionEffect } from "react";

const CSS = `
.rostro {
  --_accent: var(--rostro-accent, #0b6a5b);
  --_on-accent: var(--rostro-on-accent, #ffffff);
  --_known: var(--rostro-known, #5ee0b5);
  --_on-known: var(--rostro-on-known, #04281d);
  --_unknown: var(--rostro-unknown, #ffc46b);
  --_on-unknown: var(--rostro-on-unknown, #2b1a00);
  --_unsure: var(--rostro-unsure, #c9d6d1);
  --_on-unsure: var(--rostro-on-unsure, #14201c);
  --_surface: var(--rostro-surface, #f5f7f6);
  --_ink: var(--rostro-ink, #14201c);
  --_muted: var(--rostro-muted, #55645e);
  --_line: var(--rostro-line, #8a9992);
  --_bad: var(--rostro-bad, #a4231b);
  --_good: var(--rostro-good, #14693a);
  --_radius: var(--rostro-radius, 14px);
  color: var(--_ink);
  font-family: var(--rostro-font, inherit);
  line-height: 1.5;
}
:where(.rostro, .rostro *) { box-sizing: border-box; }
:where(.rostro p, .rostro h2, .rostro ol) { margin: 0; padding: 0; }
:where(.rostro ol) { list-style: none; }
.rostro-column { display: grid; gap: 12px; }
.rostro-stage {
  position: relative;
  display: grid;
  place-items: center;
  min-height: min(50vw, 380px);
  overflow: hidden;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_surface);
}
.rostro-stage[data-camera="on"] { min-height: 0; border: 0; background: #0d1412; }
/* As wide as the stage, unless it would then be higher than most of the window. The overlay has the very same size, so
   a box in percent of it is in the right place. */
.rostro-picture {
  position: relative;
  width: min(100%, calc(var(--rostro-max-height, 72dvh) * var(--_shape, 1.7778)));
  aspect-ratio: var(--_shape, 1.7778);
}
.rostro-picture video { display: block; width: 100%; height: 100%; }
.rostro-picture video[data-mirrored="true"] { transform: scaleX(-1); }
.rostro-overlay { position: absolute; inset: 0; line-height: 1.3; }
.rostro-message { display: grid; justify-items: center; gap: 12px; max-width: 46ch; padding: 40px 24px; text-align: center; }
.rostro-message h2 { font-size: 1.0625rem; }
.rostro-button {
  min-height: 44px;
  padding: 8px 18px;
  border: 1px solid var(--_accent);
  border-radius: calc(var(--_radius) * 0.65);
  background: var(--_accent);
  color: var(--_on-accent);
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
.rostro-button:disabled, .rostro-button[data-disabled="true"] { opacity: 0.55; cursor: not-allowed; }
.rostro-button[data-quiet="true"] { background: transparent; color: inherit; border-color: var(--_line); }
.rostro-button:focus-visible, .rostro-button:focus-within { outline: 3px solid var(--_accent); outline-offset: 2px; }
.rostro-row { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 16px; }
.rostro-row > :first-child { margin-right: auto; }
.rostro-controls { display: flex; flex-wrap: wrap; gap: 10px; }
.rostro-select { min-height: 44px; max-width: 100%; padding: 6px 10px; font: inherit; color: inherit; background: transparent; border: 1px solid var(--_line); border-radius: calc(var(--_radius) * 0.65); }
.rostro-muted { color: var(--_muted); }
.rostro-notice { padding: 10px 14px; border: 1px solid var(--_line); border-left-width: 4px; border-radius: calc(var(--_radius) * 0.65); }
.rostro-notice[data-tone="bad"] { border-left-color: var(--_bad); }
.rostro-progress { width: 100%; accent-color: var(--_accent); }
.rostro-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.rostro-face { position: absolute; border: 2px solid var(--_unsure); border-radius: calc(var(--_radius) * 0.7); box-shadow: 0 0 0 1px rgb(0 0 0 / 35%); }
.rostro-face[data-outcome="known"] { border-color: var(--_known); }
.rostro-face[data-outcome="unknown"] { border-color: var(--_unknown); }
.rostro-name {
  position: absolute;
  left: -2px;
  bottom: calc(100% + 6px);
  display: inline-flex;
  align-items: baseline;
  gap: 8px;
  width: max-content;
  max-width: max(100%, 220px);
  padding: 3px 10px;
  overflow: hidden;
  border-radius: calc(var(--_radius) * 0.55);
  background: var(--_unsure);
  color: var(--_on-unsure);
  font-size: clamp(0.8125rem, 2.4vw, 0.9375rem);
  font-weight: 650;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.rostro-face[data-outcome="known"] .rostro-name { background: var(--_known); color: var(--_on-known); }
.rostro-face[data-outcome="unknown"] .rostro-name { background: var(--_unknown); color: var(--_on-unknown); }
.rostro-face[data-side="right"] .rostro-name { right: -2px; left: auto; }
.rostro-face[data-label="below"] .rostro-name { top: calc(100% + 6px); bottom: auto; }
.rostro-confidence { font-size: 0.8125rem; font-weight: 550; opacity: 0.85; }

.rostro-prompt {
  position: absolute;
  left: 50%;
  bottom: 14px;
  translate: -50% 0;
  width: max-content;
  max-width: calc(100% - 24px);
  padding: 8px 16px;
  border-radius: 999px;
  background: rgb(0 0 0 / 68%);
  color: #ffffff;
  font-weight: 600;
  text-align: center;
}
.rostro-prompt[data-ready="true"] { background: rgb(8 92 60 / 88%); }
.rostro-prompt::after {
  content: "";
  position: absolute;
  left: 16px;
  bottom: 3px;
  width: calc(100% - 32px);
  height: 3px;
  border-radius: 2px;
  background: linear-gradient(to right, #ffffff var(--_held, 0%), transparent var(--_held, 0%));
}
.rostro-steps { display: flex; flex-wrap: wrap; gap: 8px; }
.rostro-step { display: flex; align-items: center; gap: 6px; padding: 4px 12px; border: 1px solid var(--_line); border-radius: 999px; color: var(--_muted); font-size: 0.9375rem; }
.rostro-step::before { content: "○"; }
.rostro-step[aria-current="step"] { border-color: var(--_accent); color: inherit; font-weight: 600; }
.rostro-step[data-done="true"] { border-color: var(--_good); color: var(--_good); }
.rostro-step[data-done="true"]::before { content: "✓"; }
.rostro-strip { display: flex; flex-wrap: wrap; gap: 10px; }
.rostro-sample { position: relative; width: 84px; height: 84px; }
.rostro-sample img { display: block; width: 100%; height: 100%; border-radius: calc(var(--_radius) * 0.65); object-fit: cover; }
.rostro-sample button { position: absolute; top: -8px; right: -8px; width: 28px; height: 28px; padding: 0; border: 2px solid var(--_surface); border-radius: 50%; background: var(--_ink); color: var(--_surface); font: inherit; line-height: 1; cursor: pointer; }
.rostro-place { display: grid; place-items: center; border: 2px dashed var(--_line); border-radius: calc(var(--_radius) * 0.65); color: var(--_muted); font-weight: 600; }
.rostro-notices { display: grid; gap: 8px; }
.rostro-notices:empty { display: none; }

/* By the page's own \`color-scheme\`: a page that is always light stays so on a device that is set to dark. */
@supports (color: light-dark(black, white)) {
  .rostro {
    --_accent: var(--rostro-accent, light-dark(#0b6a5b, #62cdb8));
    --_on-accent: var(--rostro-on-accent, light-dark(#ffffff, #05211b));
    --_surface: var(--rostro-surface, light-dark(#f5f7f6, #161e1b));
    --_ink: var(--rostro-ink, light-dark(#14201c, #e9f0ed));
    --_muted: var(--rostro-muted, light-dark(#55645e, #a3b3ac));
    --_line: var(--rostro-line, light-dark(#8a9992, #6d7f77));
    --_bad: var(--rostro-bad, light-dark(#a4231b, #ff9d94));
    --_good: var(--rostro-good, light-dark(#14693a, #7fd8a0));
  }
}
`;

let sheet: CSSStyleSheet | undefined;

/** Gives the page the components' styles, once. */
export function useStyles(): void {
  useInsertionEffect(() => {
    if (sheet === undefined) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
    }
    if (!document.adoptedStyleSheets.includes(sheet)) {
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    }
  }, []);
}
