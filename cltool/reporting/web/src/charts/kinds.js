/* The valid facts at the step shown by relation, and by form of wording: A beside B. */

import { figure, figures, note } from "./figure.js";
import { nearest } from "./hover.js";
import { byForm, byRelation, factsOf } from "./kinds_data.js";
import { plural, share } from "./numbers.js";
import { sides } from "./ages.js";
import { looks, titled } from "./strategies.js";
import { canvas, el, label, legend, marker, shortened, textWidth } from "./svg.js";

const MOST = 16;
const ROW = 22;
const TITLES = { relation: "By relation", form: "By wording" };

export function kinds(view) {
  const { block, selection } = view;
  const runs = sides(selection).map(({ place }) => block.runs(place, selection.s, selection.seed));
  const forms = byForm(block, runs, selection.s);
  return figures(
    chart(view, "relation", byRelation(block, runs, selection.s, selection.form)),
    forms.length > 0
      ? chart(view, "form", forms)
      : note("By wording: this page does not carry the answers to each wording at every step."),
  );
}

function chart({ block, data, selection, select }, kind, rows) {
  const shown = rows.slice(0, MOST);
  const left = rows.length - shown.length;
  const order =
    kind === "form" ? "" : selection.b >= 0 ? ", the largest difference first" : ", the lowest first";
  const more = left > 0 ? ` ${plural(left, "more relation")} in the table.` : "";
  return figure({
    title: TITLES[kind],
    reading: `The valid facts after ${block.labels[selection.s]}: the share of right answers${order}.${more} A click lists the facts.`,
    draw: (width) => drawn({ data, selection, select, kind, shown, width }),
    table: () => ({
      columns: [kind, "facts", ...sides(selection).map(({ place }) => titled(data, place, selection))],
      rows: rows.map((row) => [
        { text: row.name, patch: factsOf(kind, row.name) },
        { text: row.facts.toLocaleString("en"), value: row.facts },
        ...sides(selection).map(({ side }) => ({ text: share(row[side]), value: row[side] ?? "" })),
      ]),
    }),
    file: `by-${kind}`,
    select,
  });
}

function drawn({ data, selection, select, kind, shown, width }) {
  const present = sides(selection);
  const chosen = looks(present.map(({ place }) => place));
  const key = legend(
    present.map(({ place }) => ({ text: titled(data, place, selection), look: { ...chosen.get(place), dash: null } })),
    width,
  );
  const longest = Math.max(...shown.map(({ name }) => textWidth(shortened(name, 26))), 40);
  const left = Math.min(longest + 18, width * 0.42);
  const right = 46;
  const top = key.height + 18;
  const x = (value) => left + (width - left - right) * value;
  const height = top + shown.length * ROW + 8;
  const svg = canvas(width, height, `Dots: the share of right answers ${TITLES[kind].toLowerCase()}; the table has the numbers`, key.node);
  for (const level of [0, 0.25, 0.5, 0.75, 1]) {
    svg.append(
      el("path", { d: `M${x(level)} ${top - 4}V${height - 8}`, stroke: "var(--rule)" }),
      label(share(level), { x: x(level), y: top - 8, "text-anchor": "middle", fill: "var(--muted)" }),
    );
  }
  svg.append(label("facts", { x: width - 2, y: top - 8, "text-anchor": "end", fill: "var(--muted)" }));
  const targets = [];
  shown.forEach((row, i) => {
    const y = top + i * ROW + ROW / 2;
    const fits = Math.floor((left - 10) / 6.1);
    svg.append(
      label(shortened(row.name, fits), { x: left - 10, y: y + 4, "text-anchor": "end" }),
      label(row.facts.toLocaleString("en"), { x: width - 2, y: y + 4, "text-anchor": "end", fill: "var(--muted)" }),
    );
    if (row.a !== null && row.b !== null) {
      svg.append(el("path", { d: `M${x(row.a)} ${y}H${x(row.b)}`, stroke: "var(--muted)", "stroke-width": 1.5 }));
    }
    for (const { side, place } of present.toReversed()) {
      if (row[side] === null) continue;
      svg.append(marker(chosen.get(place), x(row[side]), y, 1.2));
      targets.push({
        x: x(row[side]),
        y,
        title: `${row.name}: ${titled(data, place, selection)} ${share(row[side])} of ${plural(row.facts, "fact")}`,
        patch: factsOf(kind, row.name),
      });
    }
    targets.push({ x: left - 20, y, title: `${row.name}: ${plural(row.facts, "fact")}`, patch: factsOf(kind, row.name) });
  });
  nearest(svg, targets, select, { ring: false });
  return svg;
}
