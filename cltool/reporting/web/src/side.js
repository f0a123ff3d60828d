/* One side of the comparison: a variant's runs, as the filters of seed and form narrow them. */

import { counted } from "./forms.js";
import { changeBits } from "./changes.js";
import { counts, states, stateOf } from "./states.js";

export class Side {
  constructor(block, variant, seed, form) {
    this.block = block;
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
    const at = step * this.block.facts + key;
    const sum = { asked: 0, right: 0, stale: 0 };
    for (const run of this.runs(step)) {
      const values = counted(this.block, run, this.form);
      sum.asked += values.asked[at];
      sum.right += values.right[at];
      sum.stale += values.stale[at];
    }
    return sum;
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

  /* The mean margin over runs, in nats; null without one. */
  margin(step, key) {
    let sum = 0;
    let number = 0;
    for (const run of this.runs(step)) {
      const margin = this.block.margin(run, step, key);
      if (margin !== null) {
        sum += margin;
        number++;
      }
    }
    return number === 0 ? null : sum / number;
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
