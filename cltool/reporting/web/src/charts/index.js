/*
 * The charts by name. `draw({block, data, selection, select})` returns an element: `data` is the
 * page's JSON of the group, `selection` has its defaults filled in, and `select(patch)` changes it.
 * `uses`: the parts of the selection that the chart shows; it is drawn again when they change.
 * `facts`: the chart is drawn from the facts, and not where the page carries none (`block` is null).
 */

import { agesChart } from "./ages.js";
import { front } from "./front.js";
import { kinds } from "./kinds.js";
import { matrix } from "./matrix.js";
import { steps } from "./steps.js";

export const CHARTS = {
  front: { draw: front, uses: ["g", "a", "b"] },
  steps: { draw: steps, uses: ["g", "a", "b", "s"] },
  matrix: { draw: matrix, uses: ["g", "a", "b"] },
  ages: { draw: agesChart, uses: ["g", "a", "b", "s", "seed", "form"], facts: true },
  kinds: { draw: kinds, uses: ["g", "a", "b", "s", "seed", "form"], facts: true },
};
