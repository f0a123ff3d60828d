/* Counts what each update did as the page does: reads a block of facts, writes JSON. */

import { readFileSync } from "node:fs";

const source = new URL("../../../cltool/reporting/web/src/", import.meta.url);
const { decode } = await import(new URL("block.js", source));
const { changes } = await import(new URL("changes.js", source));
const { STATES, states } = await import(new URL("states.js", source));

const block = await decode(readFileSync(0, "utf8"));
const found = {};
block.variants.forEach(({ name, runs }, variant) => {
  const updates = [];
  const last = Math.max(0, ...runs.filter((run) => !run.diverged).map(({ done }) => done)) - 1;
  for (let step = 1; step <= last; step++) {
    const now = block.runs(variant, step);
    updates.push({
      changes: changes(block, now, step),
      states: [...states(block, now, step)].map((number) => STATES[number]),
    });
  }
  found[name] = updates;
});
console.log(JSON.stringify(found));
