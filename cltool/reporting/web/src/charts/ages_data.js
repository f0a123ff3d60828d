/* How long facts stay: of those that were right when they were taught, the share right later. */

import { counts, GROUPS } from "../states.js";

/*
 * {updates, base}: for facts that updates taught, and for those of the base, a list with
 * {age, share, facts} for each number of steps since they were taught. `share`: the mean share of
 * right answers, over all facts and steps of that age that count. A fact counts if all its answers
 * were right at the step that taught it, for as long as it stays valid.
 */
export function ages(block, runs, steps, form = null) {
  return block.remember(`ages ${runs} ${steps} ${form}`, () => {
    const sums = { updates: tally(steps), base: tally(steps) };
    if (runs.length > 0) for (let step = 0; step < steps; step++) add(sums, block, runs, step, form);
    return { updates: listed(sums.updates), base: listed(sums.base) };
  });
}

const tally = (steps) => ({ right: new Float64Array(steps), facts: new Uint32Array(steps) });

function add(sums, block, runs, step, form) {
  const { asked, right } = counts(block, runs, step, form);
  const from = step * block.facts;
  const group = block.column("group");
  const learned = block.column("learned");
  for (let key = 0; key < block.facts; key++) {
    const now = group[from + key];
    if ((now !== GROUPS.new && now !== GROUPS.retained) || asked[key] === 0) continue;
    const since = learned[from + key];
    if (since > step) continue;
    const then = since === step ? { asked, right } : counts(block, runs, since, form);
    if (then.asked[key] === 0 || then.right[key] < then.asked[key]) continue;
    const sum = since === 0 ? sums.base : sums.updates;
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

/* The change of the selection that lists the facts of an age at the step shown; null if none. */
export function factsOf(age, { s }) {
  if (age > s) return null;
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
