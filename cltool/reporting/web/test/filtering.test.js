import assert from "node:assert/strict";
import { test } from "node:test";

import { matching } from "../src/filtering.js";
import { EMPTY } from "../src/selection.js";
import { sorted } from "../src/sorting.js";
import { decode } from "../src/store.js";
import { packFacts } from "./synthetic.js";

const LABELS = ["base", "one"];
const TWO = [
  { name: "naive", runs: [{ seed: 0 }] },
  { name: "joint", runs: [{ seed: 0 }] },
];

function run(right, answer, margin = 0, stale = 0) {
  return { asked: 2, right, stale, answer, margin };
}

function fact(subject, relation, object, group, learned, before, after) {
  const moment = (runs, now) => ({ object, group: now, learned, runs });
  return { subject, relation, steps: [moment(before, "retained"), moment(after, group)] };
}

const right = (object) => run(2, object, 20);
const FACTS = [
  fact("Zoe", "city", "Rome", "retained", 0, [right("Rome"), right("Rome")], [run(0, "Bonn", -40), right("Rome")]),
  fact("adam", "city", "Bonn", "retained", 0, [right("Bonn"), right("Bonn")], [right("Bonn"), run(1, "x", -8)]),
  fact("Émile", "boss", "İan", "new", 1, [run(0, "x"), run(0, "x")], [right("İan"), right("İan")]),
  fact("Beth", "boss", "Adam", "retained", 0, [run(0, "x"), right("Adam")], [run(0, "Old", -128, 2), right("Adam")]),
];

async function listed(patch) {
  const block = await decode(packFacts({ labels: LABELS, facts: FACTS, variants: TWO }));
  const view = { block, selection: { ...EMPTY, g: 0, a: 0, b: 1, s: 1, ...patch } };
  return [...sorted(view, matching(view))].map((key) => block.subject(key));
}

test("without filters, every fact is listed in the order of the block", async () => {
  assert.deepEqual(await listed({}), ["Zoe", "adam", "Émile", "Beth"]);
});

test("each filter narrows the list", async () => {
  assert.deepEqual(await listed({ relation: "city" }), ["Zoe", "adam"]);
  assert.deepEqual(await listed({ relation: "no such" }), []);
  assert.deepEqual(await listed({ group: ["new"] }), ["Émile"]);
  assert.deepEqual(await listed({ learned: 1 }), ["Émile"]);
  assert.deepEqual(await listed({ state: ["wrong", "outdated"] }), ["Zoe", "Beth"]);
  assert.deepEqual(await listed({ state: ["b.partly"] }), ["adam"]);
  assert.deepEqual(await listed({ state: ["wrong", "b.right"] }), ["Zoe"]);
  assert.deepEqual(await listed({ change: ["broken"] }), ["Zoe"]);
  assert.deepEqual(await listed({ change: ["b.broken"] }), ["adam"]);
  assert.deepEqual(await listed({ change: ["turned outdated"] }), ["Beth"]);
  assert.deepEqual(await listed({ d: true }), ["Zoe", "adam", "Beth"]);
  assert.deepEqual(await listed({ d: true, b: -1 }), ["Zoe", "adam", "Émile", "Beth"]);
  assert.deepEqual(await listed({ seed: 7, state: ["right"] }), []);
});

test("a search looks in subjects, relations, objects and answers, without regard to case", async () => {
  assert.deepEqual(await listed({ q: "ADAM" }), ["adam", "Beth"]);
  assert.deepEqual(await listed({ q: "boss beth" }), ["Beth"]);
  assert.deepEqual(await listed({ q: "bonn" }), ["Zoe", "adam"]);
  assert.deepEqual(await listed({ q: "émile i" }), ["Émile"]);
  // "x" is what B answers; at another step nobody does.
  assert.deepEqual(await listed({ q: "x" }), ["adam"]);
  // A text never continues in the next one.
  assert.deepEqual(await listed({ q: "romebonn" }), []);
  assert.deepEqual(await listed({ q: "  " }), ["Zoe", "adam", "Émile", "Beth"]);
});

test("facts are sorted by name, state, answer and margin; what has none comes last", async () => {
  assert.deepEqual(await listed({ sort: "fact" }), ["adam", "Beth", "Zoe", "Émile"]);
  assert.deepEqual(await listed({ sort: "-fact" }), ["Émile", "Zoe", "Beth", "adam"]);
  assert.deepEqual(await listed({ sort: "a" }), ["Zoe", "Beth", "adam", "Émile"]);
  assert.deepEqual(await listed({ sort: "-b" }), ["Zoe", "Émile", "Beth", "adam"]);
  assert.deepEqual(await listed({ sort: "margin" }), ["Zoe", "adam", "Émile", "Beth"]);
  assert.deepEqual(await listed({ sort: "-margin" }), ["adam", "Émile", "Zoe", "Beth"]);
  assert.deepEqual(await listed({ sort: "answer" }), ["Zoe", "adam", "Émile", "Beth"]);
  assert.deepEqual(await listed({ sort: "learned", q: "boss" }), ["Beth", "Émile"]);
  assert.deepEqual(await listed({ sort: "nonsense" }), ["Zoe", "adam", "Émile", "Beth"]);
});
