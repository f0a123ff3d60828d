import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, stateAt, states, STATES } from "../src/store.js";
import { moment, packFacts } from "./synthetic.js";

const LABELS = ["base", "one", "two"];
const TWO = [{ name: "naive", runs: [{ seed: 0 }, { seed: 1 }] }];

async function blockOf(...facts) {
  const told = facts.map((steps, number) => ({ subject: `S${number}`, relation: "r", steps }));
  return decode(packFacts({ labels: LABELS, facts: told, variants: TWO }));
}

test("a state comes from the counts of all runs", async () => {
  const at = (...rights) => [null, null, moment("retained", 0, rights)];
  const block = await blockOf(
    at(2, 2),
    at(2, 1),
    at([0, 1], 0),
    at(0, 0),
    [null, null, moment("future", 2, [0, 0])],
    [null, null, null],
  );
  const found = Array.from(states(block, [0, 1], 2), (state) => STATES[state]);
  assert.deepEqual(found, ["right", "partly", "outdated", "wrong", "future", "none"]);
  assert.equal(stateAt(block, [0], 2, 1), "right");
  assert.equal(stateAt(block, [], 2, 1), "none");
  found.forEach((state, key) => assert.equal(stateAt(block, [0, 1], 2, key), state));
});

test("an erased fact resurfaces if a run produced nothing when it was erased", async () => {
  const erased = (...rights) => moment("erased", 0, rights);
  const kept = moment("retained", 0, [2, 2]);
  const block = await blockOf(
    [kept, erased(0, 0), erased(0, 0)],
    [kept, erased(1, 0), erased(1, 0)],
    // One seed still produces it, the other does so again.
    [kept, erased(1, 0), erased(1, 1)],
    [kept, erased(0, 0), erased(0, 2)],
  );
  const at = (step) => Array.from(states(block, [0, 1], step), (state) => STATES[state]);
  assert.deepEqual(at(1), ["forgotten", "produced", "produced", "forgotten"]);
  assert.deepEqual(at(2), ["forgotten", "produced", "resurfaced", "resurfaced"]);
  assert.equal(stateAt(block, [0], 2, 2), "produced");
});
