/* New against retained: the points, the Pareto front and the range of the axes. */

export const COSTS = ["tokens", "seconds", "stored_bytes"];

/*
 * A point for each strategy that has both scores: {place, name, retained, new, their halves (null
 * without an interval), cost (null if it was not measured)}.
 */
export function points(data, cost = "tokens") {
  const found = [];
  data.strategies.forEach(({ name }, place) => {
    const scores = data.views.scores.means[name] ?? {};
    const value = (score, part = "mean") => scores[score]?.[part] ?? null;
    if (value("retained") === null || value("new") === null) return;
    found.push({
      place,
      name,
      retained: value("retained"),
      new: value("new"),
      retainedHalf: value("retained", "half"),
      newHalf: value("new", "half"),
      cost: value(cost),
    });
  });
  return found;
}

/* The points that no other beats: none is at least as good in both scores and better in one. */
export function pareto(all) {
  const beats = (one, other) =>
    one.retained >= other.retained &&
    one.new >= other.new &&
    (one.retained > other.retained || one.new > other.new);
  return all
    .filter((point) => !all.some((other) => beats(other, point)))
    .sort((one, other) => one.retained - other.retained || one.new - other.new);
}

const NARROWEST = 0.2;

/* A range around values, never narrower than NARROWEST: small differences must not look large. */
export function range(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const half = Math.max(NARROWEST, 1.14 * (high - low)) / 2;
  const middle = (low + high) / 2;
  const shift = Math.max(0, -0.03 - (middle - half)) - Math.max(0, middle + half - 1.03);
  return [Math.max(-0.03, middle - half + shift), Math.min(1.03, middle + half + shift)];
}

/* The area of a circle grows with the cost in proportion. */
export function radius(cost, most, largest = 9, smallest = 2.5) {
  if (cost === null || !(most > 0)) return 4;
  return Math.max(smallest, largest * Math.sqrt(Math.max(0, cost) / most));
}

const bars = (mean, half) =>
  half === null ? null : [Math.max(0, mean - half), Math.min(1, mean + half)];

/* The two ends of a point's intervals, between 0 and 1; null without an interval. */
export function intervals(point) {
  return {
    retained: bars(point.retained, point.retainedHalf),
    new: bars(point.new, point.newHalf),
  };
}
