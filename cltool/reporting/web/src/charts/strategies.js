/* Which strategies a chart tells apart, and how each of them looks. */

/* As many as lines can be told apart by colour, dash and marker. */
export const MOST = 6;

const COLOURS = 8;
const DASHES = [null, "7 3", "2 2.5", "9 3 2 3", "12 3", "4 2 1 2", "1 3", "14 3 2 3 2 3"];
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "times", "plus", "wye"];
export const REST = "var(--grey-line)";

function mean(data, name, score) {
  return data.views.scores?.means[name]?.[score]?.mean ?? null;
}

/*
 * The places of the strategies that are told apart, at most MOST: A and B, then those with the
 * highest sum of new and retained.
 */
export function highlighted(data, { a, b }) {
  const names = data.strategies.map((one) => one.name);
  const chosen = [...new Set([a, b])].filter((place) => place >= 0 && place < names.length);
  const sum = (place) =>
    (mean(data, names[place], "new") ?? 0) + (mean(data, names[place], "retained") ?? 0);
  const others = names.map((_, place) => place).filter((place) => !chosen.includes(place));
  others.sort((one, other) => sum(other) - sum(one) || one - other);
  return [...chosen, ...others].slice(0, MOST).sort((one, other) => one - other);
}

/*
 * The look of each highlighted strategy by its place: {colour, dash, symbol, filled}. A strategy has
 * the colour of its place among all, or the next one that is free.
 */
export function looks(places) {
  const found = new Map();
  const taken = new Set();
  for (const place of places) {
    let slot = place % COLOURS;
    while (taken.has(slot)) slot = (slot + 1) % COLOURS;
    taken.add(slot);
    found.set(place, {
      colour: `var(--c${slot})`,
      dash: DASHES[slot],
      symbol: SYMBOLS[slot],
      filled: slot % 2 === 0,
    });
  }
  return found;
}

/* The name of a strategy, with A or B before it if it is one of them. */
export function titled(data, place, { a, b }) {
  const side = place === a ? "A: " : place === b ? "B: " : "";
  return side + data.strategies[place].name;
}

/* The selection after a click on a strategy: it becomes A, and if it was B, A becomes B. */
export function chosenAs(place, { a, b }) {
  if (place === a) return {};
  return place === b ? { a: b, b: a } : { a: place };
}
