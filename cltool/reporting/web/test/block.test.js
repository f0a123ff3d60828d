import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, NO_MARGIN } from "../src/block.js";
import { moment, packFacts } from "./synthetic.js";

const LABELS = ["base", "one", "two"];
const VARIANTS = [
  { name: "naive", runs: [{ seed: 0 }, { seed: 1 }] },
  { name: "ewc", runs: [{ seed: 0, done: 2 }, { seed: 1, diverged: true }] },
];

function four(values) {
  return values.map((answer) => ({ asked: 2, right: 1, stale: 1, answer, margin: -20 }));
}

const PARIS = {
  subject: "Île – ☃ 🎈",
  relation: "capital",
  steps: [
    { object: "Old", group: "retained", learned: 0, runs: four(["Old", "x", "Old", "Old"]) },
    { object: "New", group: "new", learned: 1, outdated: "Old", runs: four(["New", "Old"]) },
    { object: "New", group: "retained", learned: 1, outdated: "Old", runs: four(["", "New"]) },
  ],
};
const LATE = {
  subject: "Isle",
  relation: "ruler",
  steps: [null, moment("future", 2, [0]), moment("new", 2, [2])],
};

test("a block gives back what was packed, differences undone", async () => {
  const text = packFacts({ labels: LABELS, facts: [PARIS, LATE], variants: VARIANTS });
  const block = await decode(`\n${text}\n`);
  assert.equal(block.subject(0), "Île – ☃ 🎈");
  assert.equal(block.relation(1), "ruler");
  assert.deepEqual([0, 1, 2].map((step) => block.object(step, 0)), ["Old", "New", "New"]);
  assert.equal(block.object(0, 1), null);
  assert.deepEqual([0, 1, 2].map((step) => block.answer(0, step, 0)), ["Old", "New", ""]);
  assert.equal(block.answer(0, 0, 1), null);
  assert.equal(block.margin(0, 1, 0), -20);
  assert.equal(block.margin(0, 1, 1), NO_MARGIN);
  assert.deepEqual([0, 1, 2].map((step) => block.group(step, 1)), ["", "future", "new"]);
});

test("runs that diverged or have not done the step do not count", async () => {
  const text = packFacts({ labels: LABELS, facts: [PARIS], variants: VARIANTS });
  const block = await decode(text);
  assert.deepEqual(block.runs(0, 2), [0, 1]);
  assert.deepEqual(block.runs(0, 2, 1), [1]);
  assert.deepEqual(block.runs(1, 1), [2]);
  assert.deepEqual(block.runs(1, 2), []);
  assert.deepEqual(block.runs(-1, 0), []);
  assert.deepEqual([block.stepsOf(0), block.stepsOf(1), block.stepsOf(1, 1)], [3, 2, 0]);
});

test("a column of the last step only has no value at other steps", async () => {
  const last = { "answer.0": { type: "u32", values: [0] } };
  const header = { detail: { answers: "last", wordings: "none", margins: "none" } };
  const facts = [PARIS];
  const text = packFacts({ labels: LABELS, facts, variants: VARIANTS, header, columns: last });
  const block = await decode(text);
  assert.equal(block.answer(0, 1, 0), null);
  assert.equal(block.answer(0, 2, 0), "Île – ☃ 🎈");
});

test("a block of another format is refused", async () => {
  const header = { format: 9 };
  const text = packFacts({ labels: LABELS, facts: [PARIS], variants: VARIANTS, header });
  await assert.rejects(decode(text), /format 9/);
});
