import assert from "node:assert/strict";
import { test } from "node:test";

import { flippedBy, outdatedObjects, rehearsed, suspects } from "../src/life.js";
import { Side } from "../src/side.js";
import { decode } from "../src/store.js";
import { wordingsOf } from "../src/wordings.js";
import { packFacts } from "./synthetic.js";

const LABELS = ["base", "one", "two", "three"];
const ONE = [{ name: "naive", runs: [{ seed: 0 }, { seed: 1 }] }];

function fact(subject, relation, told) {
  const steps = told.map(
    (one) =>
      one && {
        object: one[0],
        group: one[1],
        learned: one[2],
        outdated: one[4],
        runs: [0, 1].map((run) => ({ asked: 2, right: one[3][run], stale: 0, answer: one[5] ?? one[0] })),
      },
  );
  return { subject, relation, steps };
}

const FACTS = [
  fact("Paris", "mayor", [
    ["Ann", "retained", 0, [2, 2]],
    ["Bob", "new", 1, [2, 2], "Ann"],
    ["Bob", "retained", 1, [2, 1], "Ann", "Eve"],
    ["Bob", "retained", 1, [0, 0], "Ann", "Zed"],
  ]),
  fact("Rome", "mayor", [null, null, ["Eve", "new", 2, [2, 2]], ["Eve", "retained", 2, [2, 2]]]),
  fact("Paris", "river", [null, null, ["Tiber", "new", 2, [2, 2]], ["Tiber", "retained", 2, [2, 2]]]),
  fact("Oslo", "king", [null, null, ["Bob", "new", 2, [2, 2]], ["Bob", "retained", 2, [2, 2]]]),
  fact("Bonn", "mayor", [null, null, ["Kim", "new", 2, [2, 2]], ["Kim", "retained", 2, [2, 2]]]),
  fact("Bern", "lake", [null, null, ["Kim", "new", 2, [2, 2]], ["Kim", "retained", 2, [2, 2]]]),
];

const blockOf = (more = {}) =>
  decode(packFacts({ labels: LABELS, facts: FACTS, variants: ONE, ...more }));

test("the update that flipped a fact is the last that made it worse", async () => {
  const side = new Side(await blockOf(), 0, null, null);
  assert.deepEqual(flippedBy(side, 3, 0), { step: 3, before: 3, after: 5 });
  assert.deepEqual(flippedBy(side, 2, 0), { step: 2, before: 2, after: 3 });
  assert.equal(flippedBy(side, 1, 0), null);
  assert.equal(flippedBy(side, 3, 1), null);
});

test("suspects are the facts that the update taught, the nearest first", async () => {
  const block = await blockOf();
  const { all, listed } = suspects(block, 2, 0, ["Eve", null]);
  const named = listed.map(({ key, shared }) => [block.subject(key), shared.join(", ")]);
  assert.deepEqual(named, [
    ["Rome", "its object is the answer given, same relation"],
    ["Paris", "same subject"],
    ["Oslo", "same object"],
    ["Bonn", "same relation"],
  ]);
  assert.equal(all, 4);
  assert.equal(suspects(block, 3, 0, []).all, 0);
});

test("superseded objects are those that were valid before", async () => {
  const block = await blockOf();
  assert.deepEqual(outdatedObjects(block, 3, 0), ["Ann"]);
  assert.deepEqual(outdatedObjects(block, 0, 0), []);
});

test("rehearsals are known only where a run recorded them", async () => {
  const values = new Array(LABELS.length * FACTS.length).fill(0);
  values[2 * FACTS.length] = 1;
  const columns = { "rehearsed.0": { type: "u8", values } };
  const side = new Side(await blockOf({ columns }), 0, null, null);
  assert.deepEqual(rehearsed(side, 2, 0), { times: 1, runs: 1 });
  assert.deepEqual(rehearsed(side, 3, 0), { times: 0, runs: 1 });
  assert.equal(rehearsed(new Side(await blockOf(), 0, null, null), 2, 0), null);
});

test("wordings name the subject, and carry the answer and verdict of each run", async () => {
  const plain = (type, values) => ({ type, values });
  const spread = (values) => ({ type: "u32", values, width: 2 });
  const header = { detail: { answers: "all", wordings: "all", margins: "all" } };
  const texts = ["The mayor of \u0001 is not \u0002", "Zed"];
  const columns = {
    "probe.key": plain("u32", [0, 1]),
    "probe.form": plain("u8", [1, 2]),
    "probe.number": plain("u16", [0, 0]),
    "probe.prompt": plain("u32", [0, 0]),
    "said.0": spread([1, 1, 0xffffffff, 1, 0xfffffffe, 1, 1, 1]),
    "verdict.0": { type: "u8", values: [0, 0, 1, 1, 4, 4, 2, 2], width: 2 },
  };
  const block = await blockOf({ header, columns, texts });
  const sides = [new Side(block, 0, null, null)];
  const at = (step) =>
    wordingsOf(block, sides, step, 0).map(({ form, prompt, answers }) => [
      form,
      prompt,
      ...answers.map(({ text, verdict }) => `${text} ${verdict}`),
    ]);
  assert.deepEqual(at(0), [["paraphrase", "The mayor of Paris is not Ann", "Zed wrong"]]);
  assert.deepEqual(at(1), [["paraphrase", "The mayor of Paris is not Bob", "Bob right"]]);
  assert.deepEqual(at(2), []);
  assert.deepEqual(at(3), [["paraphrase", "The mayor of Paris is not Bob", "Zed outdated"]]);
  assert.equal(wordingsOf(await blockOf(), sides, 0, 0), null);
  // The same strategy on both sides: the answers are those of A, then those of B.
  const places = wordingsOf(block, [...sides, ...sides], 0, 0)[0].answers.map(({ place }) => place);
  assert.deepEqual(places, [0, 1]);
});

test("a subject that looks like the place of an object stays as it is", async () => {
  const header = { detail: { answers: "all", wordings: "all", margins: "all" } };
  const told = [["Ann", "retained", 0, [2, 2]], null, null, null];
  const columns = {
    "probe.key": { type: "u32", values: [0] },
    "probe.form": { type: "u8", values: [1] },
    "probe.prompt": { type: "u32", values: [0] },
    "said.0": { type: "u32", values: [1, 1, 1, 1] },
    "verdict.0": { type: "u8", values: [0, 0, 0, 0] },
  };
  const texts = ["\u0001: \u0002", "Zed"];
  const block = await blockOf({ facts: [fact("a\u0002b", "r", told)], header, columns, texts });
  const [{ prompt }] = wordingsOf(block, [new Side(block, 0, null, null)], 0, 0);
  assert.equal(prompt, "a\u0002b: Ann");
});
