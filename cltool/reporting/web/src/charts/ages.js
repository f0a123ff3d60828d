/* How long facts stay, for A and B: lines over the number of updates since they were taught. */

import { ages, countAges, factsOf } from "./ages_data.js";
import { axes, lineThrough, wholeTicks } from "./axes.js";
import { figure } from "./figure.js";
import { nearest } from "./hover.js";
import { plural, share } from "./numbers.js";
import { looks, titled } from "./strategies.js";
import { canvas, legend, marker } from "./svg.js";

/* Milliseconds of counting before the page may do something else. */
const PART = 12;

/* The chart, drawn when all facts are counted; with many facts, that takes several parts. */
export function agesChart(view) {
  const box = document.createElement("div");
  const asked = sides(view.selection).map(({ place }) => askedOf(view, place));
  const go = () => {
    if (asked.every((one) => countAges(...one, PART))) box.replaceChildren(chart(view, asked));
    else setTimeout(go, 0);
  };
  go();
  return box;
}

/* The arguments of `ages` for a strategy. */
function askedOf({ block, selection }, place) {
  const done = block.stepsOf(place, selection.seed);
  return [block, block.runs(place, done - 1, selection.seed), done, selection.form];
}

function chart({ data, selection, select }, asked) {
  const lines = sides(selection).flatMap(({ place }, i) => {
    const { updates, base } = ages(...asked[i]);
    return [
      { place, base: false, points: updates },
      { place, base: true, points: base },
    ].filter(({ points }) => points.length > 0);
  });
  return figure({
    title: "Forgetting by age",
    reading:
      "Of the facts that were right when they were taught and are still valid, the share that is right" +
      " so many updates later. A click lists those of this age at the step shown.",
    draw: (width) => drawn({ data, selection, select, lines, width }),
    table: () => ({
      columns: ["strategy", "facts", "updates since", "still right", "facts, each step counted"],
      rows: lines.flatMap(({ place, base, points }) =>
        points.map(({ age, share: value, facts }) => [
          titled(data, place, selection),
          kind(base),
          String(age),
          { text: share(value), value, patch: factsOf(age, base, selection) },
          { text: facts.toLocaleString("en"), value: facts },
        ]),
      ),
    }),
    file: "forgetting-by-age",
    select,
  });
}

export function sides({ a, b }) {
  return [
    { side: "a", place: a },
    { side: "b", place: b },
  ].filter(({ place }) => place >= 0);
}

function drawn({ data, selection, select, lines, width }) {
  const chosen = looks(sides(selection).map(({ place }) => place));
  const items = lines.map(({ place, base }) => ({
    text: `${titled(data, place, selection)}, ${kind(base)}`,
    look: styled(chosen.get(place), base),
  }));
  const key = legend(items, width);
  const high = Math.round(Math.min(280, Math.max(200, width * 0.5)));
  const last = Math.max(1, ...lines.flatMap(({ points }) => points.map(({ age }) => age)));
  const { node, x, y } = axes({
    width,
    height: high,
    margin: { left: 36, right: 12, top: 20, bottom: 38 },
    x: {
      domain: [0, last],
      ticks: wholeTicks(last, width - 48),
      name: "updates since the fact was taught →",
      text: String,
    },
    y: { domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], name: "↑ still right", text: share },
  });
  node.setAttribute("transform", `translate(0 ${key.height})`);
  const name = "Lines: the share of facts still right by age; the table has the numbers";
  const svg = canvas(width, key.height + high, name, key.node, node);
  for (const { place, base, points } of lines) {
    const { colour, dash } = styled(chosen.get(place), base);
    const look = { stroke: colour, "stroke-dasharray": dash, "stroke-width": 1.8 };
    node.append(lineThrough(points, ({ age }) => x(age), (one) => y(one.share), look));
  }
  const targets = [];
  for (const { place, base, points } of lines) {
    for (const { age, share: value, facts } of points) {
      const at = { x: x(age), y: y(value) + key.height };
      if (points.length <= 40) svg.append(marker(styled(chosen.get(place), base), at.x, at.y, 0.9));
      targets.push({
        ...at,
        title: `${titled(data, place, selection)}, ${kind(base)}, ${age} later: ${share(value)} of ${plural(facts, "answer")}`,
        patch: factsOf(age, base, selection),
      });
    }
  }
  nearest(svg, targets, select);
  return svg;
}

const kind = (base) => (base ? "base facts" : "facts of updates");

/* Base facts have the colour of their strategy, dots in place of its dashes, and an open marker. */
function styled(look, base) {
  return base ? { ...look, dash: "1 4", filled: false } : { ...look, filled: true };
}
