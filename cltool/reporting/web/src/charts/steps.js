/* Scores after every step: a panel for each score, a line for each strategy. */

import { axes, band, lineThrough, wholeTicks } from "./axes.js";
import { figure } from "./figure.js";
import { nearest } from "./hover.js";
import { share, withMargin } from "./numbers.js";
import { factsOf, panels, perRun, stretches } from "./steps_data.js";
import { highlighted, looks, REST, titled } from "./strategies.js";
import { canvas, el, label, legend, marker } from "./svg.js";

const SMALLEST = 300;
const HEAD = 36;
const GAP = 26;

export function steps({ block, data, selection, select }) {
  const all = panels(data);
  const chosen = looks(highlighted(data, selection));
  const others = data.strategies.length - chosen.size;
  const rest = others > 0 ? ` ${others} others in grey.` : "";
  return figure({
    title: "Scores after each update",
    titled: false,
    reading: `A share of answers. Bands are 95 % intervals.${rest}${block === null ? "" : " A click on a point lists its facts."}`,
    draw: (width) => drawn({ data, selection, select, all, chosen, width }),
    table: () => table(all, data, selection),
    file: "scores-after-each-update",
    exact: () => perRun(data),
    select,
  });
}

function table(all, data, selection) {
  const rows = all.flatMap(({ score, series }) =>
    series.map(({ place, name, points }) => {
      const cells = data.labels.map(() => "–");
      for (const { step, mean, half } of points) {
        const patch = factsOf(score, place, step, selection);
        cells[step] = { text: withMargin(mean, half), value: mean, patch };
      }
      return [score, name, ...cells];
    }),
  );
  return { columns: ["score", "strategy", ...data.labels], rows };
}

function drawn({ data, selection, select, all, chosen, width }) {
  const across = Math.max(1, Math.min(all.length, 3, Math.floor((width + GAP) / (SMALLEST + GAP))));
  const wide = Math.floor((width - GAP * (across - 1)) / across);
  const high = Math.round(Math.min(250, wide * 0.62));
  const items = [...chosen].map(([place, look]) => ({ text: titled(data, place, selection), look }));
  if (data.strategies.length > chosen.size) items.push({ text: "others", look: { colour: REST } });
  const key = legend(items, width);
  const down = Math.ceil(all.length / across);
  const height = key.height + down * (HEAD + high + 10);
  const name = `Scores after each of ${data.labels.length} steps; the table has the numbers`;
  const svg = canvas(width, height, name, key.node);
  const targets = [];
  all.forEach((panel, place) => {
    const left = (place % across) * (wide + GAP);
    const top = key.height + Math.floor(place / across) * (HEAD + high + 10);
    svg.append(
      el(
        "g",
        { transform: `translate(${left} ${top})` },
        label(panel.title, { y: 12, "font-weight": 600, "font-size": 13 }),
        label(panel.reading, { y: 27, fill: "var(--muted)" }),
      ),
    );
    const { node, x, y } = panelOf(panel, { data, selection, chosen, wide, high });
    node.setAttribute("transform", `translate(${left} ${top + HEAD})`);
    svg.append(node);
    for (const { place: strategy, points } of panel.series) {
      for (const { step, mean, half } of points) {
        targets.push({
          x: left + x(step),
          y: top + HEAD + y(Math.min(1, Math.max(0, mean))),
          title: `${titled(data, strategy, selection)}, ${data.labels[step]}: ${withMargin(mean, half)}`,
          patch: factsOf(panel.score, strategy, step, selection),
        });
      }
    }
  });
  // Of points in one place, that of a highlighted strategy is told.
  targets.reverse();
  nearest(svg, targets, select);
  return svg;
}

function panelOf(panel, { data, selection, chosen, wide, high }) {
  const last = Math.max(1, data.labels.length - 1);
  const margin = { left: 36, right: 12, top: 8, bottom: 26 };
  const { node, x, y } = axes({
    width: wide,
    height: high,
    margin,
    x: { domain: [0, last], ticks: wholeTicks(last, wide - 48), text: String },
    y: { domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], text: share },
  });
  const now = { d: `M${x(selection.s)} ${margin.top}V${high - margin.bottom}` };
  node.append(el("path", { ...now, stroke: "var(--muted)", "stroke-dasharray": "2 3" }));
  const at = [({ step }) => x(step), ({ mean }) => y(Math.min(1, Math.max(0, mean)))];
  for (const { place, points } of panel.series) {
    if (chosen.has(place)) continue;
    for (const part of stretches(points)) node.append(lineThrough(part, ...at, { stroke: REST }));
  }
  const mine = panel.series.filter(({ place }) => chosen.has(place));
  for (const { place, points } of mine) {
    const look = { fill: chosen.get(place).colour, "fill-opacity": 0.1 };
    for (const part of stretches(points.filter(({ half }) => half !== null))) {
      node.append(band(part, at[0], ({ low }) => y(low), ({ high: top }) => y(top), look));
    }
  }
  const every = Math.max(1, Math.ceil(data.labels.length / 12));
  mine.forEach(({ place, points }, turn) => {
    const { colour, dash } = chosen.get(place);
    const side = place === selection.a || place === selection.b;
    const look = { stroke: colour, "stroke-dasharray": dash, "stroke-width": side ? 2.4 : 1.5 };
    for (const part of stretches(points)) node.append(lineThrough(part, ...at, look));
    for (const point of points) {
      if ((point.step + turn) % every) continue;
      node.append(marker(chosen.get(place), at[0](point), at[1](point)));
    }
  });
  return { node, x, y };
}
