/* One side of the comparison: a variant's runs, as the filters of seed and form narrow them. */

import { changeBits } from "./changes.js";
import { meanMargin } from "./margin.js";
import { counts, countsAt, states, stateOf } from "./states.js";

export class Side {
  constructor(block, variant, seed, form) {
    this.block = block;
    this.id = `${variant} ${seed} ${form}`;
    this.variant = variant;
    this.form = form;
    this.name = block.variants[variant]?.name ?? "";
    this.runsOf = block.labels.map((_, step) => block.runs(variant, step, seed));
  }

  runs(step) {
    return this.runsOf[step];
  }

  states(step) {
    return states(this.block, this.runs(step), step, this.form);
  }

  state(step, key) {
    return stateOf(this.block, this.runs(step), step, key, this.form);
  }

  counts(step) {
    return counts(this.block, this.runs(step), step, this.form);
  }

  changes(step) {
    return changeBits(this.block, this.runs(step), step, this.form);
  }

  /* {right, asked, stale} of one key. */
  countsAt(step, key) {
    return countsAt(this.block, this.runs(step), step, key, this.form);
  }

  /* The answer that most runs give, and in how many of them; null if the page carries none. */
  answer(step, key) {
    const tally = new Map();
    for (const run of this.runs(step)) {
      const text = this.block.answer(run, step, key);
      if (text !== null) tally.set(text, (tally.get(text) ?? 0) + 1);
    }
    let best = null;
    let total = 0;
    for (const [text, times] of tally) {
      total += times;
      if (best === null || times > best.times) best = { text, times };
    }
    return best === null ? null : { ...best, runs: total };
  }

  /* The mean margin over runs (see `meanMargin`); null without one. */
  margin(step, key) {
    return meanMargin(this.runs(step).map((run) => this.block.margin(run, step, key)));
  }
}

/* Side "a" or "b" of a view; null if there is no B. */
export function sideOf({ block, selection }, side) {
  const variant = selection[side];
  if (variant < 0) return null;
  const { seed, form } = selection;
  return block.remember(`side ${variant} ${seed} ${form}`, () => {
    return new Side(block, variant, seed, form);
  });
}
