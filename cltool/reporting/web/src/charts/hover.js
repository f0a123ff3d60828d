/* What the pointer is near in a chart: it is marked and told, and a click selects its facts. */

import { el, label, shortened, textWidth } from "./svg.js";

const REACH = 26;

/*
 * `targets`: {x, y, title, patch} in units of the chart; `patch` is the change of the selection
 * after a click, or null. What is added here is no part of the chart: it has the class `pointing`.
 */
export function nearest(svg, targets, select, { ring = true } = {}) {
  const layer = el("g", { class: "pointing", "pointer-events": "none" });
  svg.append(layer);
  let current = null;
  const place = (event) => {
    const matrix = svg.getScreenCTM();
    if (matrix === null) return { x: 0, y: 0 };
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  };
  const find = (event) => {
    const at = place(event);
    let best = null;
    let least = REACH;
    for (const target of targets) {
      const away = Math.hypot(target.x - at.x, target.y - at.y);
      if (away < least) [best, least] = [target, away];
    }
    return best;
  };
  const show = (target) => {
    if (target === current) return;
    current = target;
    svg.style.cursor = target?.patch ? "pointer" : "default";
    layer.replaceChildren(...(target === null ? [] : tip(svg, target, ring)));
  };
  svg.addEventListener("pointermove", (event) => show(find(event)));
  svg.addEventListener("pointerleave", () => show(null));
  svg.addEventListener("click", (event) => {
    const target = find(event);
    if (target?.patch) select(target.patch);
  });
}

export function tip(svg, { x, y, title }, ring) {
  const [, , width] = svg.getAttribute("viewBox").split(" ").map(Number);
  const text = shortened(title, Math.floor((width - 20) / 6.1));
  const room = textWidth(text) + 14;
  const left = Math.max(2, Math.min(width - room - 2, x - room / 2));
  const top = y > 36 ? y - 34 : y + 12;
  const parts = [
    el("rect", {
      x: left, y: top, width: room, height: 20, rx: 4,
      fill: "var(--paper)", stroke: "var(--muted)",
    }),
    label(text, { x: left + 7, y: top + 14 }),
  ];
  if (ring) parts.unshift(el("circle", { cx: x, cy: y, r: 7, fill: "none", stroke: "var(--ink)" }));
  return parts;
}
