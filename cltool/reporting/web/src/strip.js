/* The states of a fact over the steps as a strip: a shape and a colour for each state. */

import { html } from "./html.js";
import { STATES } from "./states.js";

const HEIGHT = 15;
const GAP = 4;
const WIDEST = 11;
const ROOM = 190;

/* The width of a step, so that all steps fit. */
export function stepWidth(steps) {
  return Math.min(WIDEST, ROOM / steps);
}

export function stripWidth(steps) {
  return Math.ceil(steps * stepWidth(steps));
}

/* Never colour alone: full, half, triangle, frame, dot, ring, disc, disc with a tail. */
function shape(state, x, y, w) {
  const h = HEIGHT;
  const box = (top, height) => `M${x} ${top}h${w}v${height}h${-w}z`;
  const disc = (r) => `M${x + w / 2 - r} ${y + h / 2}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  switch (STATES[state]) {
    case "right":
      return box(y, h);
    case "partly":
      return box(y + h / 2, h / 2);
    case "outdated":
      return `M${x} ${y}L${x + w} ${y + h}H${x}z`;
    case "wrong": {
      const t = Math.min(2, w / 3);
      return `${box(y, h)}M${x + t} ${y + t}v${h - 2 * t}h${w - 2 * t}v${2 * t - h}z`;
    }
    case "future":
      return disc(Math.min(1.4, w / 2));
    case "forgotten":
      return `${disc(Math.min(4, w / 2))}${disc(Math.min(2.4, w / 3.4)).replaceAll(" 0 1 0 ", " 0 1 1 ")}`;
    case "produced":
      return disc(Math.min(4, w / 2));
    case "resurfaced":
      return `${disc(Math.min(4, w / 2))}${box(y + h - 2, 2)}`;
    default:
      return "";
  }
}

/* One path a state: {state name: path data}. */
function paths(states, y) {
  const w = stepWidth(states.length);
  const inner = w > 4 ? w - 1 : w;
  const found = new Map();
  states.forEach((state, step) => {
    const part = shape(state, round(step * w), y, round(inner));
    if (part !== "") found.set(state, (found.get(state) ?? "") + part);
  });
  return [...found];
}

function round(value) {
  return Math.round(value * 100) / 100;
}

/* `rows`: the states of each side, a value a step; `step`: the step that is marked. */
export function Strip({ rows, step }) {
  const w = stepWidth(rows[0].length);
  const width = stripWidth(rows[0].length);
  const height = rows.length * (HEIGHT + GAP);
  return html`<svg class="strip" width=${width} height=${height} aria-hidden="true">
    <rect class="now" x=${round(step * w) - 0.5} width=${round(w > 4 ? w : w + 1)} height=${height} />
    ${rows.map((states, row) =>
      paths(states, row * (HEIGHT + GAP) + GAP / 2).map(
        ([state, d]) => html`<path class=${`is-${STATES[state]}`} d=${d} fill-rule="evenodd" />`,
      ),
    )}
  </svg>`;
}

/* The states in words, for who cannot see the strip: stretches of the same state. */
export function stripInWords(states, labels) {
  const parts = [];
  states.forEach((state, step) => {
    if (step === 0 || state !== states[step - 1]) {
      parts.push(`${STATES[state] === "none" ? "not asked" : STATES[state]} from ${labels[step]}`);
    }
  });
  return parts.join(", ");
}

/* One state as a small sign, for legends and tables. */
export function StateSign({ state }) {
  const number = STATES.indexOf(state);
  return html`<svg class="sign-of-state" width="11" height=${HEIGHT} aria-hidden="true">
    <path class=${`is-${state}`} d=${shape(number, 0.5, 0, 10)} fill-rule="evenodd" />
  </svg>`;
}
