/* The accuracy matrix R[i, j] of A and of B as heat maps, and A − B. */

import { figure, note } from "./figure.js";
import { tip } from "./hover.js";
import { byLevel, factsOf, maps, short } from "./matrix_data.js";
import { canvas, el, label, shortened } from "./svg.js";

const LARGEST = 34;
const NUMBERED = 23;
const MOST_NUMBERS = 13;
const LEFT = 26;
const TOP = 40;
const GAP = 22;

export function matrix({ block, data, selection, select }) {
  const all = maps(data, selection);
  if (all.length === 0) return note("No step is finished yet.");
  return figure({
    title: "Accuracy matrix R[i, j]",
    titled: false,
    reading:
      "Row i: after update i; column j: the facts of update j that are still valid at the end." +
      " The outlined diagonal is what was just taught; below it is what was retained, above it what" +
      ` the model knew before.${block === null ? "" : " A click on a cell lists its facts."}`,
    draw: (width) => drawn({ data, selection, select, all, width }),
    table: () => table(all, data, selection),
    file: "accuracy-matrix",
    select,
  });
}

function table(all, data, selection) {
  const steps = Math.max(...all.map(({ values }) => values.length));
  return {
    columns: ["strategy", "after", ...data.labels.slice(0, steps).map((one) => `facts of ${one}`)],
    rows: all.flatMap((map) =>
      map.values.map((row, i) => [
        map.title,
        data.labels[i],
        ...row.map((value, j) => ({
          text: map.form(value),
          value: value ?? "",
          patch: value === null ? null : factsOf(map, i, j, selection),
        })),
      ]),
    ),
  };
}

function drawn({ data, selection, select, all, width }) {
  const steps = Math.max(...all.map(({ values }) => values.length));
  let across = all.length;
  while (across > 1 && (width - GAP * (across - 1)) / across - LEFT < Math.min(steps * 9, 190)) across--;
  const size = Math.min(LARGEST, ((width - GAP * (across - 1)) / across - LEFT) / steps);
  const side = size * steps;
  const down = Math.ceil(all.length / across);
  const name = `Heat maps: ${all.map(({ title }) => title).join(", ")}; the table has the numbers`;
  const svg = canvas(width, Math.ceil(down * (TOP + side + 16)), name);
  const places = all.map((map, i) => {
    const left = (i % across) * (LEFT + side + GAP) + LEFT;
    const top = Math.floor(i / across) * (TOP + side + 16) + TOP;
    svg.append(heatMap(map, { data, size, left, top, room: LEFT + side }));
    return { map, left, top };
  });
  pointing(svg, places, { data, selection, select, size });
  return svg;
}

function heatMap(map, { size, left, top, room }) {
  const steps = map.values.length;
  const side = size > NUMBERED ? size - 1 : size;
  const group = el("g", { transform: `translate(${left} ${top})` });
  group.append(
    label(shortened(map.title, Math.floor(room / 7)), { x: -LEFT, y: -24, "font-weight": 600, "font-size": 13 }),
  );
  const every = Math.max(1, Math.ceil(17 / size));
  for (let step = 0; step < steps; step += every) {
    const at = step * size + size / 2;
    const look = { fill: "var(--muted)" };
    group.append(label(String(step), { ...look, x: -6, y: at + 4, "text-anchor": "end" }));
    group.append(label(String(step), { ...look, x: at, y: -6, "text-anchor": "middle" }));
  }
  // A path for each colour: a heat map of many steps stays a few elements.
  for (const { fill, cells } of byLevel(map).values()) {
    const s = side.toFixed(2);
    const d = cells.map(([i, j]) => `M${(j * size).toFixed(2)} ${(i * size).toFixed(2)}h${s}v${s}h-${s}z`);
    group.append(el("path", { d: d.join(""), fill }));
  }
  const corner = Array.from({ length: steps }, (_, i) => `M${(i * size).toFixed(2)} ${(i * size).toFixed(2)}h${side.toFixed(2)}v${side.toFixed(2)}h-${side.toFixed(2)}z`);
  group.append(el("path", { d: corner.join(""), fill: "none", stroke: "var(--ink)", "stroke-width": 1.1 }));
  if (size >= NUMBERED && steps <= MOST_NUMBERS) group.append(...numbers(map, size));
  return group;
}

function numbers({ values, colours }, size) {
  return values.flatMap((row, i) =>
    row.flatMap((value, j) => {
      if (value === null) return [];
      const at = { x: (j * size + size / 2 - 0.5).toFixed(1), y: (i * size + size / 2 + 3.5).toFixed(1) };
      return [label(short(value), { ...at, fill: colours(value).text, "text-anchor": "middle", "font-size": 10.5 })];
    }),
  );
}

/* Tells the cell below the pointer; a click lists its facts. */
function pointing(svg, places, { data, selection, select, size }) {
  const layer = el("g", { class: "pointing", "pointer-events": "none" });
  svg.append(layer);
  const find = (event) => {
    const frame = svg.getScreenCTM();
    if (frame === null) return null;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(frame.inverse());
    for (const { map, left, top } of places) {
      const [i, j] = [Math.floor((at.y - top) / size), Math.floor((at.x - left) / size)];
      const value = map.values[i]?.[j] ?? null;
      if (value !== null) return { map, i, j, value, left, top };
    }
    return null;
  };
  svg.addEventListener("pointermove", (event) => {
    const cell = find(event);
    svg.style.cursor = cell === null ? "default" : "pointer";
    if (cell === null) return layer.replaceChildren();
    const { map, i, j, value, left, top } = cell;
    const [x, y] = [left + j * size, top + i * size];
    const title = `after ${data.labels[i]}, facts of ${data.labels[j]}: ${map.form(value)}`;
    return layer.replaceChildren(
      el("rect", { x, y, width: size, height: size, fill: "none", stroke: "var(--ink)", "stroke-width": 2 }),
      ...tip(svg, { x: x + size / 2, y, title }, false),
    );
  });
  svg.addEventListener("pointerleave", () => layer.replaceChildren());
  svg.addEventListener("click", (event) => {
    const cell = find(event);
    if (cell !== null) select(factsOf(cell.map, cell.i, cell.j, selection));
  });
}
