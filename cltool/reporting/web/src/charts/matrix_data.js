/* The accuracy matrices of A and B, and their difference. */

import { ofDifference, ofShare } from "./heat.js";
import { share, signed } from "./numbers.js";

/*
 * [{title, side, values, form, colours}]: R of A, R of B and A − B, as far as both are there. Row i
 * is after update i, column j the facts of update j.
 */
export function maps(data, { a, b }) {
  const of = (place) => {
    const rows = data.views.accuracy_matrix?.[data.strategies[place]?.name];
    return rows === undefined || rows.length === 0 ? null : rows;
  };
  const found = [];
  const sides = { A: a, B: b };
  for (const [side, place] of Object.entries(sides)) {
    const values = of(place);
    if (values === null) continue;
    const title = `${side}: ${data.strategies[place].name}`;
    found.push({ title, side, place, values, form: share, colours: ofShare });
  }
  if (found.length === 2) {
    const [one, other] = found.map(({ values }) => values);
    found.push({
      title: "A − B",
      side: "A − B",
      place: a,
      values: difference(one, other),
      form: signed,
      colours: ofDifference,
    });
  }
  return found;
}

/* The rows that both have; null where one has no number. */
export function difference(one, other) {
  const rows = Math.min(one.length, other.length);
  return one.slice(0, rows).map((row, i) =>
    row.slice(0, rows).map((value, j) => {
      const less = other[i][j];
      return value === null || less === null || less === undefined ? null : value - less;
    }),
  );
}

/* The cells of each level: Map from the colours' level to {fill, cells: [[row, column]]}. */
export function byLevel({ values, colours }) {
  const found = new Map();
  values.forEach((row, i) =>
    row.forEach((value, j) => {
      if (value === null) return;
      const { level, fill } = colours(value);
      if (!found.has(level)) found.set(level, { fill, cells: [] });
      found.get(level).cells.push([i, j]);
    }),
  );
  return found;
}

/* A number that fits in a small cell: .97, 1, −.10. */
export function short(value) {
  const text = Math.abs(value).toFixed(2);
  if (text === "0.00") return "0";
  return (value < 0 ? "−" : "") + (text.endsWith(".00") ? text.slice(0, -3) : text.slice(1));
}

/* The change of the selection that lists the facts of a cell. */
export function factsOf(map, row, column, { b }) {
  const side = map.side === "B" || map.place === b ? {} : { a: map.place };
  return {
    ...side,
    q: "",
    relation: null,
    state: null,
    change: null,
    group: null,
    s: row,
    learned: column,
    k: null,
  };
}
