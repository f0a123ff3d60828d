/* What a fact is at a step: its state, from the counts of one or several runs. */

import { counted } from "./forms.js";

export const NONE = 0;
export const FUTURE = 1;
export const RIGHT = 2;
export const PARTLY = 3;
export const OUTDATED = 4;
export const WRONG = 5;
export const FORGOTTEN = 6;
export const PRODUCED = 7;
export const RESURFACED = 8;

/* The state of each number. */
export const STATES = [
  "none",
  "future",
  "right",
  "partly",
  "outdated",
  "wrong",
  "forgotten",
  "produced",
  "resurfaced",
];

export const GROUPS = { none: 0, new: 1, retained: 2, future: 3, erased: 4 };

/*
 * The counts of some runs at a step, summed: asked, right and stale, a value a key.
 * `form` narrows them to one form (null: the counted probes).
 */
export function counts(block, runs, step, form = null) {
  return block.remember(`counts ${runs} ${step} ${form}`, () => {
    const from = step * block.facts;
    const sum = (name) => {
      const first = runs.length === 0 ? null : counted(block, runs[0], form)[name];
      if (runs.length === 1) return first.subarray(from, from + block.facts);
      const total = new Uint16Array(block.facts);
      for (const run of runs) {
        const values = counted(block, run, form)[name];
        for (let key = 0; key < total.length; key++) total[key] += values[from + key];
      }
      return total;
    };
    return { asked: sum("asked"), right: sum("right"), stale: sum("stale") };
  });
}

/* The counts of some runs at a step for one key. */
export function countsAt(block, runs, step, key, form = null) {
  const at = step * block.facts + key;
  const sum = { asked: 0, right: 0, stale: 0 };
  for (const run of runs) {
    const values = counted(block, run, form);
    sum.asked += values.asked[at];
    sum.right += values.right[at];
    sum.stale += values.stale[at];
  }
  return sum;
}

function classify(group, asked, right, stale) {
  if (group === GROUPS.none || asked === 0) return NONE;
  if (group === GROUPS.future) return FUTURE;
  if (group === GROUPS.erased) return right === 0 ? FORGOTTEN : PRODUCED;
  if (right > 0) return right === asked ? RIGHT : PARTLY;
  return stale > 0 ? OUTDATED : WRONG;
}

/* The states of all keys at a step: their numbers in STATES. */
export function states(block, runs, step, form = null) {
  return block.remember(`states ${runs} ${step} ${form}`, () => {
    const found = new Uint8Array(block.facts);
    const { asked, right, stale } = counts(block, runs, step, form);
    const groups = block.column("group");
    const from = step * block.facts;
    for (let key = 0; key < found.length; key++) {
      const state = classify(groups[from + key], asked[key], right[key], stale[key]);
      found[key] = state === PRODUCED ? produced(block, runs, step, key, form) : state;
    }
    return found;
  });
}

/* The number in STATES of one key, without counting all the others. */
export function stateOf(block, runs, step, key, form = null) {
  const { asked, right, stale } = countsAt(block, runs, step, key, form);
  const group = block.column("group")[step * block.facts + key];
  const state = classify(group, asked, right, stale);
  return state === PRODUCED ? produced(block, runs, step, key, form) : state;
}

/* The name of the state of one key. */
export function stateAt(block, runs, step, key, form = null) {
  return STATES[stateOf(block, runs, step, key, form)];
}

/* The step that erased a key which is erased at `step`. */
export function erasedAt(block, step, key) {
  const groups = block.column("group");
  const learned = block.column("learned");
  let first = step;
  while (
    first > 0 &&
    groups[(first - 1) * block.facts + key] === GROUPS.erased &&
    learned[(first - 1) * block.facts + key] === learned[step * block.facts + key]
  ) {
    first--;
  }
  return first;
}

/*
 * Resurfaced: produced now, but not at the step that erased it (evaluation.outcomes.came_back).
 * Runs are looked at one by one, so that no resurfaced fact hides behind another seed.
 */
function produced(block, runs, step, key, form) {
  const then = erasedAt(block, step, key) * block.facts + key;
  const now = step * block.facts + key;
  const back = runs.some((run) => {
    const { right } = counted(block, run, form);
    return right[now] > 0 && right[then] === 0;
  });
  return back ? RESURFACED : PRODUCED;
}
