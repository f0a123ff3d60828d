/* Axes of a chart: from numbers to pixels, with ticks, a grid and names. */

import { ticks } from "d3-array";
import { area, curveStepBefore, line } from "d3-shape";

import { el, label } from "./svg.js";

const MUTED = { fill: "var(--muted)" };

/*
 * {node, x, y}: the axes as a group, and the pixel of a number on each of them.
 * `x`, `y`: {domain, ticks (numbers, or how many), name, text (of a tick)}; `margin`: {left, right,
 * top, bottom}. The y axis grows upwards.
 */
export function axes({ width, height, margin, x, y, gridX = false }) {
  const at = {
    x: linear(x.domain, [margin.left, width - margin.right]),
    y: linear(y.domain, [height - margin.bottom, margin.top]),
  };
  const node = el("g", { "stroke-linecap": "butt" });
  const [left, right] = [margin.left, width - margin.right];
  const [bottom, top] = [height - margin.bottom, margin.top];
  for (const tick of ticksOf(y)) {
    const place = round(at.y(tick));
    node.append(
      el("path", { d: `M${left} ${place}H${right}`, stroke: "var(--rule)" }),
      label(y.text(tick), { ...MUTED, x: left - 7, y: round(at.y(tick) + 4), "text-anchor": "end" }),
    );
  }
  for (const tick of ticksOf(x)) {
    const place = round(at.x(tick));
    if (gridX) node.append(el("path", { d: `M${place} ${top}V${bottom}`, stroke: "var(--rule)" }));
    node.append(
      el("path", { d: `M${place} ${bottom}v4`, stroke: "var(--muted)" }),
      label(x.text(tick), { ...MUTED, x: place, y: bottom + 17, "text-anchor": "middle" }),
    );
  }
  if (x.name) node.append(label(x.name, { ...MUTED, x: right, y: height - 4, "text-anchor": "end" }));
  if (y.name) node.append(label(y.name, { ...MUTED, x: 0, y: 10 }));
  return { node, ...at };
}

function linear([low, high], [from, to]) {
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

function ticksOf({ domain, ticks: wanted }) {
  // A range has some room around 0 and 1, beyond which there is no share.
  const within = (tick) => tick >= 0 && tick <= 1;
  return Array.isArray(wanted) ? wanted : ticks(...domain, wanted).filter(within);
}

const round = (value) => Math.round(value * 10) / 10;

/* Whole numbers from 0 to `last`, as many as there is room for in `width` pixels. */
export function wholeTicks(last, width) {
  const every = Math.max(1, Math.ceil((last * 26) / width));
  return Array.from({ length: Math.floor(last / every) + 1 }, (_, i) => i * every);
}

/* A line through points; `step`: it goes down at each point, then to the right. */
export function lineThrough(points, x, y, attributes, { step = false } = {}) {
  const made = line().x(x).y(y).digits(1);
  if (step) made.curve(curveStepBefore);
  return el("path", { fill: "none", "stroke-linejoin": "round", d: made(points), ...attributes });
}

/* The area between two lines. */
export function band(points, x, low, high, attributes) {
  return el("path", { d: area().x(x).y0(low).y1(high).digits(1)(points), ...attributes });
}
