/* The facts that the page lists: filtered, sorted, and counted by state. */

import { computed } from "@preact/signals";

import { matching } from "./filtering.js";
import { sideOf } from "./side.js";
import { sorted } from "./sorting.js";
import { STATES } from "./states.js";
import { view } from "./view.js";

/* What decides which facts are listed, and in which order: not the fact that is open. */
const question = computed(() => {
  if (view.value === null) return null;
  return JSON.stringify({ ...view.value.selection, k: null });
});

/* The view that the list shows: the same object as long as only the open fact changes. */
export const listView = computed(() => (question.value === null ? null : view.peek()));

/* The numbers of the facts in the order of the list. */
export const rows = computed(() => {
  const now = listView.value;
  return now === null ? new Uint32Array(0) : sorted(now, matching(now));
});

/* How many of the listed facts are in each state: {a: {state: count}, b: …}. */
export const tallies = computed(() => {
  const keys = rows.value;
  const now = listView.value;
  const tally = (name) => {
    const side = now === null ? null : sideOf(now, name);
    if (side === null) return null;
    const states = side.states(now.selection.s);
    const counted = new Uint32Array(STATES.length);
    for (const key of keys) counted[states[key]]++;
    return Object.fromEntries(STATES.map((state, number) => [state, counted[number]]));
  };
  return { a: tally("a"), b: tally("b") };
});
