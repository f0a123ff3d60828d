/* What an update did to the facts: cltool/reporting/facts/changes.py defines it in the same words. */

import {
  counts,
  erasedAt,
  FORGOTTEN,
  GROUPS,
  PRODUCED,
  RESURFACED,
  RIGHT,
  states,
} from "./states.js";

/* In the order of the page; `bad`: the update did harm, or failed. */
export const CHANGES = [
  { name: "broken", bad: true },
  { name: "turned outdated", bad: true },
  { name: "resurfaced", bad: true },
  { name: "not learned", bad: true },
  { name: "not forgotten", bad: true },
  { name: "still wrong", bad: true },
  { name: "learned", bad: false },
  { name: "regained", bad: false },
  { name: "forgotten", bad: false },
];

const BIT = Object.fromEntries(CHANGES.map(({ name }, place) => [name, 1 << place]));

/*
 * What update `step` (≥ 1) did to each key, over some runs: a value a key, a bit a change
 * (`changeBit`). 0: nothing, or not asked before and after.
 */
export function changeBits(block, runs, step, form = null) {
  return block.remember(`changes ${runs} ${step} ${form}`, () => {
    const found = new Uint16Array(block.facts);
    if (step < 1 || runs.length === 0) return found;
    const before = moment(block, runs, step - 1, form);
    const after = moment(block, runs, step, form);
    for (let key = 0; key < found.length; key++) {
      if (after.asked[key] === 0) continue;
      const group = after.group[key];
      if (group === GROUPS.new) found[key] = taught(after, step, key);
      else if (group === GROUPS.retained) found[key] = kept(before, after, step, key);
      else if (group === GROUPS.erased) {
        const first = erasedAt(block, step, key) === step;
        found[key] = gone(before.states[key], after.states[key], first);
      }
    }
    return found;
  });
}

export function changeBit(name) {
  return BIT[name] ?? 0;
}

/* The number of keys with each change: {name: count}. */
export function changes(block, runs, step, form = null) {
  const bits = changeBits(block, runs, step, form);
  const tally = new Uint32Array(CHANGES.length);
  for (let key = 0; key < bits.length; key++) {
    if (bits[key] === 0) continue;
    for (let place = 0; place < CHANGES.length; place++) tally[place] += (bits[key] >> place) & 1;
  }
  return Object.fromEntries(CHANGES.map(({ name }, place) => [name, tally[place]]));
}

function moment(block, runs, step, form) {
  const rows = (name) => block.column(name).subarray(step * block.facts, (step + 1) * block.facts);
  return {
    ...counts(block, runs, step, form),
    states: states(block, runs, step, form),
    group: rows("group"),
    learned: rows("learned"),
  };
}

function taught(after, step, key) {
  if (after.learned[key] !== step) return 0;
  return after.states[key] === RIGHT ? BIT.learned : BIT["not learned"];
}

function kept(before, after, step, key) {
  const group = before.group[key];
  if (group !== GROUPS.new && group !== GROUPS.retained) return 0;
  if (before.asked[key] === 0 || before.learned[key] !== after.learned[key]) return 0;
  if (after.learned[key] >= step) return 0;
  const right = after.states[key] === RIGHT;
  // Rates right/asked, compared without division.
  const fewer = after.right[key] * before.asked[key] < before.right[key] * after.asked[key];
  let bits = 0;
  if (!right && fewer) bits |= BIT.broken;
  else if (!right && before.states[key] !== RIGHT) bits |= BIT["still wrong"];
  else if (right && before.states[key] !== RIGHT) bits |= BIT.regained;
  if (before.stale[key] === 0 && after.stale[key] > 0) bits |= BIT["turned outdated"];
  return bits;
}

function gone(before, after, first) {
  if (after === RESURFACED) return before === RESURFACED ? 0 : BIT.resurfaced;
  if (!first) return 0;
  if (after === FORGOTTEN) return BIT.forgotten;
  return after === PRODUCED ? BIT["not forgotten"] : 0;
}
