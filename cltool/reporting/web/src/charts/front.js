/* New against retained: a point for each strategy, its area a cost, and the Pareto front. */

import { axes, lineThrough } from "./axes.js";
import { COSTS, intervals, pareto, points, radius, range } from "./front_data.js";
import { figure } from "./figure.js";
import { nearest } from "./hover.js";
import { labelPlaces } from "./label_places.js";
import { scaled, share, withMargin } from "./numbers.js";
import { chosenAs, highlighted, looks, REST, titled } from "./strategies.js";
import { canvas, el, label, marker, shortened, textWidth } from "./svg.js";

const COST_NAMES = { tokens: "tokens", seconds: "seconds", stored_bytes: "bytes stored" };

export function front({ data, selection, select }) {
  const cost = COSTS.find((name) => points(data, name).some((point) => point.cost > 0)) ?? "tokens";
  const all = points(data, cost);
  const costs = all.map((point) => point.cost).filter((one) => one !== null);
  const size =
    costs.length === 0
      ? ""
      : `area: ${COST_NAMES[cost]}, ${scaled(Math.min(...costs))} to ${scaled(Math.max(...costs))}`;
  return figure({
    title: "New against retained",
    titled: false,
    reading: "Up and to the right is better; the line is the Pareto front. A click makes a strategy A.",
    draw: (width) => drawn({ data, selection, select, all, size, width }),
    table: () => table(all, cost, selection),
    file: "front",
    select,
  });
}

function table(all, cost, selection) {
  const best = new Set(pareto(all).map((point) => point.place));
  return {
    columns: ["strategy", "retained", "retained ±", "new", "new ±", cost, "Pareto front"],
    rows: all.map((point) => [
      { text: point.name, patch: chosenAs(point.place, selection) },
      { text: share(point.retained), value: point.retained },
      { text: share(point.retainedHalf), value: point.retainedHalf ?? "" },
      { text: share(point.new), value: point.new },
      { text: share(point.newHalf), value: point.newHalf ?? "" },
      { text: scaled(point.cost), value: point.cost ?? "" },
      best.has(point.place) ? "yes" : "no",
    ]),
  };
}

function drawn({ data, selection, select, all, size, width }) {
  const height = Math.round(Math.min(460, Math.max(280, width * 0.52)));
  const line = pareto(all);
  const { node, x, y } = axes({
    width,
    height,
    margin: { left: 36, right: 12, top: 18, bottom: 40 },
    x: {
      domain: range(all.map((one) => one.retained)),
      ticks: Math.max(3, Math.round(width / 110)),
      name: "retained: earlier facts still right →",
      text: share,
    },
    y: {
      domain: range(all.map((one) => one.new)),
      ticks: 8,
      name: "↑ new: taught facts right",
      text: share,
    },
    gridX: true,
  });
  const svg = canvas(width, height, `New against retained of ${all.length} strategies`, node);
  const at = [(point) => x(point.retained), (point) => y(point.new)];
  svg.append(
    lineThrough(line, ...at, { stroke: "var(--muted)" }, { step: true }),
    label(size, { x: width - 12, y: 10, "text-anchor": "end", fill: "var(--muted)" }),
  );
  const chosen = looks(highlighted(data, selection));
  const most = Math.max(...all.map((point) => point.cost ?? 0));
  const placed = all.map((point) => ({
    ...point,
    at: [x(point.retained), y(point.new)],
    r: radius(point.cost, most),
    look: chosen.get(point.place) ?? null,
  }));
  const order = placed.toSorted((one, other) => (one.look !== null) - (other.look !== null));
  for (const point of order) svg.append(...bars(point, x, y), mark(point));
  svg.append(...names(placed, line, { data, selection, x, y, width, height }));
  const targets = placed.map(({ at, ...point }) => ({
    x: at[0],
    y: at[1],
    title: `${titled(data, point.place, selection)}: retained ${withMargin(point.retained, point.retainedHalf)}, new ${withMargin(point.new, point.newHalf)}, ${scaled(point.cost)}`,
    patch: chosenAs(point.place, selection),
  }));
  nearest(svg, targets, select);
  return svg;
}

function bars(point, x, y) {
  const ends = intervals(point);
  const stroke = point.look?.colour ?? REST;
  const found = [];
  const [cx, cy] = point.at.map((one) => one.toFixed(1));
  if (ends.retained) found.push(`M${x(ends.retained[0]).toFixed(1)} ${cy}H${x(ends.retained[1]).toFixed(1)}`);
  if (ends.new) found.push(`M${cx} ${y(ends.new[0]).toFixed(1)}V${y(ends.new[1]).toFixed(1)}`);
  return found.map((d) => el("path", { d, stroke, "stroke-width": 0.9 }));
}

function mark({ look, at: [x, y], r }) {
  if (look !== null) return marker(look, x, y, r / 3.6);
  return el("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: r.toFixed(1), fill: REST });
}

/* The names, those of highlighted strategies and of the front first. */
function names(placed, line, { data, selection, x, y, width, height }) {
  const front = new Set(line.map((point) => point.place));
  const weight = ({ look, place }) =>
    (place === selection.a || place === selection.b ? 4 : 0) + (look ? 2 : 0) + (front.has(place) ? 1 : 0);
  const order = placed.toSorted((one, other) => weight(other) - weight(one));
  const texts = order.map(({ place }) => shortened(titled(data, place, selection), 28));
  const boxes = labelPlaces(
    order.map(({ at, r }, i) => ({ x: at[0], y: at[1], r, width: textWidth(texts[i]), height: 13 })),
    { left: 38, right: width, top: 13, bottom: height - 40 },
    lines(placed, line, x, y),
    order.filter(({ look }) => look !== null).length,
  );
  return order.flatMap(({ look, place }, i) => {
    const box = boxes[i];
    if (box === null) return [];
    const weight_ = place === selection.a || place === selection.b ? 600 : 400;
    const at = { x: box.left.toFixed(1), y: (box.bottom - 2.5).toFixed(1) };
    return [label(texts[i], { ...at, fill: look ? "var(--ink)" : "var(--muted)", "font-weight": weight_ })];
  });
}

function lines(placed, line, x, y) {
  const box = (x0, y0, x1, y1) => ({
    left: Math.min(x0, x1) - 0.7, right: Math.max(x0, x1) + 0.7,
    top: Math.min(y0, y1) - 0.7, bottom: Math.max(y0, y1) + 0.7,
  });
  const found = [];
  for (const point of placed) {
    const { retained, new: right } = intervals(point);
    const [cx, cy] = point.at;
    if (retained) found.push(box(x(retained[0]), cy, x(retained[1]), cy));
    if (right) found.push(box(cx, y(right[0]), cx, y(right[1])));
  }
  line.slice(1).forEach((other, i) => {
    const one = line[i];
    found.push(box(x(one.retained), y(one.new), x(one.retained), y(other.new)));
    found.push(box(x(one.retained), y(other.new), x(other.retained), y(other.new)));
  });
  return found;
}
