/* Levels of heat maps: each has a colour and the colour of text on it (charts.css), in both schemes. */

export const LEVELS = 20;

/* The colours of a share from 0 to 1. */
export function ofShare(value) {
  const level = Math.round(Math.min(1, Math.max(0, value)) * LEVELS);
  return { level, fill: `var(--h${level})`, text: `var(--h${level}-text)` };
}

/* The colours of a difference from −1 to 1; that of 0 is in the middle. */
export function ofDifference(value) {
  const level = Math.round(((Math.min(1, Math.max(-1, value)) + 1) / 2) * LEVELS);
  return { level, fill: `var(--d${level})`, text: `var(--d${level}-text)` };
}
