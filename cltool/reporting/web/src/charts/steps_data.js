/* Scores after every step: the series of each panel, and the facts behind a point. */

export const PANELS = {
  new: ["New facts", "right just after they were taught; higher is better"],
  retained: ["Retained facts", "taught earlier and still valid; higher is better"],
  stale: ["Outdated answers", "superseded facts that are still given; lower is better"],
  erased: ["Erased facts", "to be forgotten, but still given; lower is better"],
  unlisted: ["Unlisted questions", "answered before the stream, never trained; higher is better"],
  protected: ["Protected questions", "answered before the stream; higher is better"],
  found: ["Found facts", "put before the prompts that ask for them; higher is better"],
  read: ["Read facts", "answered right, of those that were found; higher is better"],
};

/* The filter that lists the facts of a score; a score that is not about facts has none. */
const FACTS = {
  new: { group: ["new"] },
  retained: { group: ["retained"] },
  stale: { state: ["outdated"] },
  erased: { group: ["erased"] },
};

const NO_OTHERS = { q: "", relation: null, group: null, learned: null, state: null, change: null };

/*
 * The panels that have a number: [{score, title, reading, series: [{place, name, points}]}], a point
 * {step, mean, low, high} for each step that has a mean.
 */
export function panels(data) {
  const found = [];
  for (const [score, [title, reading]] of Object.entries(PANELS)) {
    const all = data.views.over_updates?.[score];
    if (all === undefined) continue;
    const series = data.strategies.map(({ name }, place) => ({
      place,
      name,
      points: series_(all[name] ?? { mean: [], half: [] }),
    }));
    if (series.some(({ points }) => points.length > 0)) {
      found.push({ score, title, reading, series });
    }
  }
  return found;
}

function series_({ mean, half }) {
  const points = [];
  mean.forEach((value, step) => {
    if (value === null) return;
    const margin = half[step] ?? null;
    points.push({
      step,
      mean: value,
      half: margin,
      low: margin === null ? value : Math.max(0, value - margin),
      high: margin === null ? value : Math.min(1, value + margin),
    });
  });
  return points;
}

/* The rows of a file: the value of each run where there are several, and else that of the strategy. */
export function perRun(data) {
  const runs = data.views.front?.seeds ?? {};
  const found = [];
  for (const [score, all] of Object.entries(data.views.over_updates ?? {})) {
    for (const [name, { mean, seeds = [mean] }] of Object.entries(all)) {
      seeds.forEach((values, place) => {
        const { seed = "", stream = null } = runs[name]?.[place] ?? {};
        values.forEach((value, step) => {
          if (value === null) return;
          found.push([score, name, seed, stream ?? "", step, data.labels[step], value]);
        });
      });
    }
  }
  return [["score", "strategy", "seed", "stream", "step", "label", "value"], ...found];
}

/* The runs of neighbouring steps: a line is not drawn across a step without a number. */
export function stretches(points) {
  const found = [];
  points.forEach((point, at) => {
    if (at > 0 && points[at - 1].step === point.step - 1) found.at(-1).push(point);
    else found.push([point]);
  });
  return found;
}

/* The change of the selection that lists the facts behind a point. */
export function factsOf(score, place, step, { a, b }) {
  const side = place === b ? {} : place === a ? {} : { a: place };
  const { state, ...rest } = FACTS[score] ?? {};
  const states = state?.map((one) => (place === b ? `b.${one}` : one)) ?? null;
  return { ...NO_OTHERS, ...side, ...rest, state: states, s: step, k: null };
}
