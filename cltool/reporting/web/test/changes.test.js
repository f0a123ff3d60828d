import assert from "node:assert/strict";
import { test } from "node:test";

import { changeBit, changeBits, changes, decode } from "../src/store.js";
import { moment, packFacts } from "./synthetic.js";

const LABELS = ["base", "one"];
const TWO = [{ name: "naive", runs: [{ seed: 0 }, { seed: 1 }] }];

async function blockOf(...facts) {
  const told = facts.map((steps, number) => ({ subject: `S${number}`, relation: "r", steps }));
  return decode(packFacts({ labels: LABELS, facts: told, variants: TWO }));
}

const kept = (...rights) => moment("retained", 0, rights);
const taught = (...rights) => moment("new", 1, rights);
const erased = (...rights) => moment("erased", 0, rights);

const CASES = [
  [[kept(2, 2), kept(2, 1)], ["broken"]],
  [[kept(1, 1), kept(1, 0)], ["broken"]],
  [[kept(1, 1), kept(1, 1)], ["still wrong"]],
  [[kept(0, 1), kept(1, 1)], ["still wrong"]],
  [[kept(2, 1), kept(2, 2)], ["regained"]],
  [[kept(2, 2), kept(2, 2)], []],
  [[kept(2, 2), kept([0, 2], [0, 2])], ["broken", "turned outdated"]],
  [[kept([0, 1], 0), kept([0, 2], 0)], ["still wrong"]],
  [[moment("new", 0, [2, 2]), kept(0, 0)], ["broken"]],
  [[kept(2, 2), taught(2, 2)], ["learned"]],
  [[moment("future", 1, [0, 0]), taught(2, 0)], ["not learned"]],
  [[null, taught(0, 0)], ["not learned"]],
  [[kept(2, 2), erased(0, 0)], ["forgotten"]],
  [[kept(2, 2), erased(1, 0)], ["not forgotten"]],
  [[erased(0, 0), erased(0, 1)], ["resurfaced"]],
  [[erased(0, 0), erased(0, 0)], []],
  [[kept(2, 2), null], []],
  [[moment("future", 1, [0, 0]), moment("future", 1, [0, 0])], []],
];

test("each change is found, and nothing else", async () => {
  const block = await blockOf(...CASES.map(([steps]) => steps));
  const bits = changeBits(block, [0, 1], 1);
  CASES.forEach(([, names], key) => {
    const expected = names.reduce((sum, name) => sum | changeBit(name), 0);
    assert.equal(bits[key], expected, `case ${key}: ${names}`);
  });
  const tally = {};
  for (const [, names] of CASES) for (const name of names) tally[name] = (tally[name] ?? 0) + 1;
  assert.deepEqual(changes(block, [0, 1], 1), tally);
});

test("rates are compared if the number of probes changed", async () => {
  const asked = (right, of) => ({
    ...kept(0),
    runs: [{ asked: of, right, stale: 0, answer: "x" }],
  });
  const block = await blockOf([asked(1, 2), asked(2, 4)], [asked(2, 2), asked(3, 4)]);
  assert.deepEqual(Array.from(changeBits(block, [0], 1)), [
    changeBit("still wrong"),
    changeBit("broken"),
  ]);
});

test("the base, and no runs, change nothing", async () => {
  const block = await blockOf([kept(2, 2), kept(0, 0)]);
  assert.equal(changes(block, [0], 0).broken, 0);
  assert.equal(changes(block, [], 1).broken, 0);
});
