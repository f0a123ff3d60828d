/* How long facts stay: of those that were right when they were taught, the share right later. */

import { NEVER } from "../block.js";
import { counts, GROUPS } from "../states.js";

/*
 * {updates, base}: for facts that updates taught, and for those of the base, a list with
 * {age, share, facts} for each number of steps since they were taught. `share`: the mean share of
 * right answers, over all facts and steps of that age that count. A fact counts if all its answers
 * were right at the step that taught it, for as long as it stays valid.
 */
export function ages(block, runs, steps, form = null) {
  const work = started(block, runs, steps, form);
  while (!advance(work));
  return { updates: listed(work.updates), base: listed(work.base) };
}

/*
 * Counts until `milliseconds` are over; whether all is counted. What is counted is kept, so that
 * many facts are counted in several parts, and `ages` then returns at once.
 */
export function countAges(block, runs, steps, form, milliseconds) {
  const work = started(block, runs, steps, form);
  const end = performance.now() + milliseconds;
  while (!advance(work)) if (performance.now() > end) return false;
  return true;
}

function started(block, runs, steps, form) {
  return block.remember(`ages ${runs} ${steps} ${form}`, () => ({
    block,
    runs,
    form,
    steps: runs.length === 0 ? 0 : steps,
    next: 0,
    updates: tally(steps),
    base: tally(steps),
    // Of each key, the step that taught what it was wholly right about then.
    sound: new Uint16Array(block.facts).fill(NEVER),
  }));
}

/* Counts one more step; whether there is none left. */
function advance(work) {
  if (work.next < work.steps) add(work, work.next++);
  return work.next >= work.steps;
}

const tally = (steps) => ({ right: new Float64Array(steps), facts: new Uint32Array(steps) });

function add({ block, runs, form, updates, base, sound }, step) {
  const { asked, right } = counts(block, runs, step, form);
  const from = step * block.facts;
  const group = block.column("group").subarray(from, from + block.facts);
  const learned = block.column("learned").subarray(from, from + block.facts);
  for (let key = 0; key < block.facts; key++) {
    if ((group[key] !== GROUPS.new && group[key] !== GROUPS.retained) || asked[key] === 0) continue;
    const since = learned[key];
    if (since === step) sound[key] = right[key] === asked[key] ? step : NEVER;
    if (sound[key] !== since) continue;
    const sum = since === 0 ? base : updates;
    sum.right[step - since] += right[key] / asked[key];
    sum.facts[step - since]++;
  }
}

function listed({ right, facts }) {
  const found = [];
  facts.forEach((count, age) => {
    if (count > 0) found.push({ age, share: right[age] / count, facts: count });
  });
  return found;
}

/*
 * The change of the selection that lists the facts of an age at the step shown: base facts, or those
 * of updates; null if none of them has this age there.
 */
export function factsOf(age, base, { s }) {
  if (age > s || base !== (age === s)) return null;
  return {
    q: "",
    relation: null,
    state: null,
    change: null,
    group: age === 0 ? ["new"] : ["retained"],
    learned: s - age,
    k: null,
  };
}
