/* The margin of a fact over some runs, and as text. A page keeps quarters of a nat up to ±MOST. */

import { MOST_MARGIN, NO_MARGIN } from "./block.js";

const UNIT = 1 / 4;

/*
 * {mean, more, less} of margins as a page keeps them, in nats: `more` and `less` say that one of them
 * is beyond what is kept, so that the mean is larger, or smaller. null if no run has a margin.
 */
export function meanMargin(kept) {
  const known = kept.filter((one) => one !== null && one !== NO_MARGIN);
  if (known.length === 0) return null;
  return {
    mean: (UNIT * known.reduce((sum, one) => sum + one, 0)) / known.length,
    more: known.some((one) => one === MOST_MARGIN),
    less: known.some((one) => one === -MOST_MARGIN),
  };
}

/* A margin with its sign: +1.3, 0.0, and > +31 where it is beyond what the page keeps. */
export function nats(margin) {
  if (margin === null || (margin.more && margin.less)) return "–";
  const { mean, more, less } = margin;
  // What is kept is rounded, by half a unit at most.
  if (more) return `> ${signed(Math.floor(mean - UNIT / 2), 0)}`;
  if (less) return `< ${signed(Math.ceil(mean + UNIT / 2), 0)}`;
  return signed(mean, 1);
}

function signed(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return (value < 0 ? "−" : "+") + text;
}
