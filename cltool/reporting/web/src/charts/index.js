/*
 * The charts by name. `draw({block, data, selection, select})` returns an element: `data` is the
 * page's JSON of the group, `selection` has its defaults filled in, and `select(patch)` changes it.
 * `uses`: the parts of the selection that the chart shows; it is drawn again when they change.
 */

import { statesNow } from "./states_now.js";

export const CHARTS = {
  states_now: { draw: statesNow, uses: ["g", "a", "b", "s", "seed"] },
};
