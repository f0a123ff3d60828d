/* SVG elements: text becomes text nodes, never markup. */

import { clipped } from "../bidi.js";

const SVG = "http://www.w3.org/2000/svg";

export function el(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/* A text that does not change the direction of what is beside it. */
export function label(text, attributes) {
  return el("text", { "unicode-bidi": "isolate", fill: "var(--ink)", ...attributes }, text);
}

/* An SVG as large as its content: one unit is one pixel. */
export function canvas(width, height, name, ...children) {
  return el(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": name,
      "font-size": 11,
    },
    ...children,
  );
}

/* The width of a text of 11 pixels, roughly. */
export const textWidth = (text) => text.length * 6.1;

/* A text of at most `length` characters. */
export function shortened(text, length) {
  return text.length <= length ? text : clipped(text, Math.max(0, length - 1));
}

const MARKERS = {
  circle: "M-3.3 0a3.3 3.3 0 1 0 6.6 0a3.3 3.3 0 1 0-6.6 0z",
  square: "M-3-3h6v6h-6z",
  triangle: "M0-4L3.8 2.9H-3.8z",
  diamond: "M0-4.2L4.2 0 0 4.2-4.2 0z",
  star: "M0-4.6L1.3-1.4 4.6-1.4 2 .7 3 4 0 2-3 4-2 .7-4.6-1.4-1.3-1.4z",
  times: "M-3-3L3 3M3-3L-3 3",
  plus: "M0-4V4M-4 0H4",
  wye: "M0 0V4.2M0 0L-3.7-2.4M0 0L3.7-2.4",
};

/* The marker of a strategy's look, `size` times as large as on a line. */
export function marker({ colour, symbol, filled }, x, y, size = 1) {
  return el("path", {
    d: MARKERS[symbol],
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})${size === 1 ? "" : ` scale(${size.toFixed(2)})`}`,
    fill: filled ? colour : "var(--paper)",
    stroke: colour,
    "stroke-width": (1.5 / size).toFixed(2),
  });
}

/* A legend of lines: {node, height}. `items`: {text, look}; without a marker, a grey line. */
export function legend(items, width) {
  const node = el("g", {});
  let x = 0;
  let y = 8;
  for (const { text, look } of items) {
    const name = shortened(text, 30);
    const room = 34 + textWidth(name) + 20;
    if (x > 0 && x + room > width) {
      x = 0;
      y += 18;
    }
    const dash = look.dash ?? null;
    node.append(
      el("path", {
        d: `M${x} ${y}h28`,
        stroke: look.colour,
        "stroke-width": look.symbol ? 1.8 : 1,
        "stroke-dasharray": dash,
      }),
    );
    if (look.symbol) node.append(marker(look, x + 14, y));
    node.append(label(name, { x: x + 34, y: y + 4 }));
    x += room;
  }
  return { node, height: y + 14 };
}
