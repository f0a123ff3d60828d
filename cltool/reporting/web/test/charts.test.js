import assert from "node:assert/strict";
import { test } from "node:test";

import { decode } from "../src/block.js";
import { ages, countAges, factsOf as factsOfAge } from "../src/charts/ages_data.js";
import { intervals, pareto, points, radius, range } from "../src/charts/front_data.js";
import { ofDifference, ofShare } from "../src/charts/heat.js";
import { byForm, byRelation, factsOf as factsOfKind } from "../src/charts/kinds_data.js";
import { labelPlaces } from "../src/charts/label_places.js";
import { byLevel, difference, factsOf as factsOfCell, maps, short } from "../src/charts/matrix_data.js";
import { scaled, share, signed, withMargin } from "../src/charts/numbers.js";
import { factsOf as factsOfPoint, panels, perRun, stretches } from "../src/charts/steps_data.js";
import { chosenAs, highlighted, looks, MOST } from "../src/charts/strategies.js";
import { shortened } from "../src/charts/svg.js";
import { moment, packFacts } from "./synthetic.js";

/* The page's JSON of strategies with these scores: [name, retained, new, tokens]. */
function pageOf(strategies, extra = {}) {
  const means = {};
  for (const [name, retained, right, tokens = 100] of strategies) {
    means[name] = {
      retained: { mean: retained, half: 0.05 },
      new: { mean: right, half: null },
      tokens: { mean: tokens, half: null },
    };
  }
  return {
    labels: ["base", "one", "two"],
    strategies: strategies.map(([name]) => ({ name })),
    views: { scores: { means }, ...extra },
  };
}

const MANY = pageOf(Array.from({ length: 40 }, (_, i) => [`s${i}`, i / 40, 0.5]));

test("at most six strategies are told apart: A, B and those with the highest scores", () => {
  const chosen = highlighted(MANY, { a: 3, b: 0 });
  assert.deepEqual(chosen, [0, 3, 36, 37, 38, 39]);
  assert.deepEqual(highlighted(MANY, { a: 39, b: -1 }).length, MOST);
  const two = pageOf([["x", 0.1, 0.2], ["y", null, 0.2]]);
  assert.deepEqual(highlighted(two, { a: 0, b: 1 }), [0, 1]);
});

test("no two of them share a colour, a dash or a marker", () => {
  for (const places of [[0, 1, 2, 3, 4, 5], [0, 8, 16, 24, 32, 33], [7, 15, 23, 31, 38, 39]]) {
    const found = [...looks(places).values()];
    for (const part of ["colour", "dash", "symbol"]) {
      assert.equal(new Set(found.map((look) => look[part])).size, places.length, part);
    }
  }
  assert.equal(looks([5]).get(5).colour, looks([1, 5]).get(5).colour);
});

test("a click on a strategy makes it A, and keeps A and B apart", () => {
  assert.deepEqual(chosenAs(4, { a: 0, b: 1 }), { a: 4 });
  assert.deepEqual(chosenAs(1, { a: 0, b: 1 }), { a: 1, b: 0 });
  assert.deepEqual(chosenAs(0, { a: 0, b: 1 }), {});
});

test("the front holds what nothing beats, from left to right", () => {
  const data = pageOf([["a", 0.9, 0.5], ["b", 0.5, 0.9], ["c", 0.5, 0.8], ["d", 0.4, 0.4], ["e", null, 1]]);
  const all = points(data);
  assert.deepEqual(all.map(({ name }) => name), ["a", "b", "c", "d"]);
  assert.deepEqual(pareto(all).map(({ name }) => name), ["b", "a"]);
  assert.deepEqual(intervals(all[0]), { retained: [0.9 - 0.05, 0.9 + 0.05], new: null });
  assert.equal(intervals({ ...all[0], retained: 0.99 }).retained[1], 1);
});

test("areas are in proportion to costs", () => {
  assert.ok(Math.abs(radius(100, 100) ** 2 / radius(50, 100) ** 2 - 2) < 1e-9);
  assert.ok(radius(0, 100) > 0 && radius(null, 100) > 0 && radius(5, 0) > 0);
});

test("a range holds its values, and is never narrow", () => {
  for (const values of [[0.98, 1], [0, 1], [0.5], [0, 0.02]]) {
    const [low, high] = range(values);
    assert.ok(low < Math.min(...values) && high > Math.max(...values));
    assert.ok(high - low >= 0.19 && low >= -0.03 && high <= 1.03);
  }
});

test("names cover neither points nor names", () => {
  const crowd = Array.from({ length: 9 }, (_, i) => ({ x: 60 + 5 * i, y: 60, r: 3, width: 30, height: 12 }));
  const boxes = labelPlaces(crowd, { left: 0, right: 200, top: 0, bottom: 200 }).filter(Boolean);
  assert.ok(boxes.length >= 4);
  const meet = (p, q) => p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom;
  boxes.forEach((one, i) => boxes.slice(i + 1).forEach((other) => assert.ok(!meet(one, other))));
  const wall = [{ left: 0, right: 200, top: 0, bottom: 200 }];
  const alone = [crowd[0]];
  assert.deepEqual(labelPlaces(alone, wall[0], wall), [null]);
  assert.notDeepEqual(labelPlaces(alone, wall[0], wall, 1), [null]);
});

const SERIES = {
  over_updates: {
    new: { x: { mean: [1, 0.5, 0.75], half: [null, 0.6, 0.1] }, y: { mean: [null, null], half: [null, null] } },
    stale: { x: { mean: [null, 0, null], half: [null, null, null] }, y: { mean: [], half: [] } },
    erased: { x: { mean: [null], half: [null] }, y: { mean: [], half: [] } },
  },
};

test("panels hold the scores that have numbers, with intervals between 0 and 1", () => {
  const found = panels(pageOf([["x", 0.5, 0.5], ["y", 0.5, 0.5]], SERIES));
  assert.deepEqual(found.map(({ score }) => score), ["new", "stale"]);
  const [one, other] = found[0].series;
  assert.deepEqual(one.points[1], { step: 1, mean: 0.5, half: 0.6, low: 0, high: 1 });
  assert.deepEqual(other.points, []);
});

test("a file has a row for each run and step", () => {
  const views = {
    over_updates: { new: { x: { mean: [0.5, null], half: [], seeds: [[0.25, null], [0.75, null]] } } },
    front: { seeds: { x: [{ seed: 3, stream: null }, { seed: 4, stream: 1 }] } },
  };
  const [head, ...rows] = perRun({ labels: ["base", "one"], views });
  assert.deepEqual(head.slice(-1), ["value"]);
  assert.deepEqual(rows, [["new", "x", 3, "", 0, "base", 0.25], ["new", "x", 4, 1, 0, "base", 0.75]]);
  const alone = { over_updates: { new: { x: { mean: [0.5], half: [null] } } } };
  assert.deepEqual(perRun({ labels: ["base"], views: alone })[1], ["new", "x", "", "", 0, "base", 0.5]);
});

test("a line is not drawn across a step without a number", () => {
  const steps = [0, 1, 3, 4, 6].map((step) => ({ step }));
  assert.deepEqual(stretches(steps).map((part) => part.map(({ step }) => step)), [[0, 1], [3, 4], [6]]);
});

test("a point lists its facts, on the side that its strategy has", () => {
  const sides = { a: 0, b: 1 };
  assert.deepEqual(factsOfPoint("retained", 0, 2, sides).group, ["retained"]);
  assert.equal(factsOfPoint("retained", 0, 2, sides).a, undefined);
  assert.deepEqual(factsOfPoint("stale", 1, 2, sides).state, ["b.outdated"]);
  const other = factsOfPoint("stale", 4, 2, sides);
  assert.deepEqual([other.a, other.s, other.state], [4, 2, ["outdated"]]);
});

const MATRICES = {
  accuracy_matrix: {
    x: [[1, 0], [0.5, null]],
    y: [[0.75, 0], [1, 1]],
    z: [],
  },
};
const THREE = pageOf([["x", 0, 0], ["y", 0, 0], ["z", 0, 0]], MATRICES);

test("matrices of A and B, and their difference", () => {
  const found = maps(THREE, { a: 0, b: 1 });
  assert.deepEqual(found.map(({ title }) => title), ["A: x", "B: y", "A − B"]);
  assert.deepEqual(found[2].values, [[0.25, 0], [-0.5, null]]);
  assert.equal(found[2].form(-0.5), "−0.50");
  assert.deepEqual(maps(THREE, { a: 2, b: 1 }).map(({ side }) => side), ["B"]);
  assert.deepEqual(maps(THREE, { a: 2, b: -1 }), []);
  assert.deepEqual(difference([[1]], [[1, 2], [3, 4]]), [[0]]);
});

test("cells of one colour are one path; a cell without a number is in none", () => {
  const [map] = maps(THREE, { a: 0, b: -1 });
  const levels = byLevel(map);
  assert.deepEqual(levels.get(20).cells, [[0, 0]]);
  assert.equal([...levels.values()].flatMap(({ cells }) => cells).length, 3);
});

test("colours follow their values", () => {
  assert.deepEqual([0, 0.5, 1, 2, -1].map((value) => ofShare(value).level), [0, 10, 20, 20, 0]);
  assert.deepEqual([-1, 0, 1].map((value) => ofDifference(value).level), [0, 10, 20]);
});

test("a cell lists the facts of its update after its step", () => {
  const [one, other, less] = maps(THREE, { a: 0, b: 1 });
  const patch = factsOfCell(one, 1, 0, { b: 1 });
  assert.deepEqual([patch.s, patch.learned, patch.a], [1, 0, 0]);
  assert.equal(factsOfCell(other, 1, 0, { b: 1 }).a, undefined);
  assert.equal(factsOfCell(less, 1, 0, { b: 1 }).a, 0);
});

test("numbers in cells are short", () => {
  assert.deepEqual([1, 0.974, 0, -0.001, -0.25, -1].map(short), ["1", ".97", "0", "0", "−.25", "−1"]);
  assert.deepEqual([share(null), share(-0.001), signed(0.2), signed(-0.2), signed(0)], ["–", "0.00", "+0.20", "−0.20", "0.00"]);
  assert.equal(withMargin(0.5, null), "0.50");
  assert.deepEqual([950, 1234567, 9.6e3].map((value) => scaled(value)), ["950", "1.2\u2009M", "9.6\u2009k"]);
});

const LABELS = ["base", "one", "two", "three"];

/* A fact that a step taught, with the number of its two wordings that are right from then on. */
function fact(relation, learned, rights) {
  const steps = LABELS.map((_, step) => {
    if (step < learned) return moment("future", learned, [0]);
    const right = rights[step - learned];
    if (right === undefined) return null;
    return moment(step === learned ? "new" : "retained", learned, [right]);
  });
  return { subject: `S${relation}${learned}${rights}`, relation, steps };
}

const FACTS = [
  fact("mayor", 1, [2, 1, 0]),
  fact("mayor", 1, [2, 2, 2]),
  fact("judge", 1, [1, 2, 2]), // never wholly right when taught: nothing to forget
  fact("judge", 0, [2, 0, 0, 0]),
];
const VARIANTS = [{ name: "x", runs: [{ seed: 0 }] }];

async function blockOf(more = {}) {
  return decode(packFacts({ labels: LABELS, facts: FACTS, variants: VARIANTS, ...more }));
}

test("forgetting by age counts the facts that were right when they were taught", async () => {
  const { updates, base } = ages(await blockOf(), [0], 4);
  assert.deepEqual(updates, [
    { age: 0, share: 1, facts: 2 },
    { age: 1, share: 0.75, facts: 2 },
    { age: 2, share: 0.5, facts: 2 },
  ]);
  assert.deepEqual(base.map((one) => one.share), [1, 0, 0, 0]);
  assert.deepEqual(ages(await blockOf(), [], 4), { updates: [], base: [] });
});

test("an age lists the facts that have it at the step shown", () => {
  assert.deepEqual(factsOfAge(1, false, { s: 3 }).learned, 2);
  assert.deepEqual(factsOfAge(0, false, { s: 3 }).group, ["new"]);
  assert.equal(factsOfAge(4, false, { s: 3 }), null);
});

test("base facts are as old as the step shown, and facts of updates are younger", () => {
  assert.equal(factsOfAge(3, true, { s: 3 }).learned, 0);
  assert.equal(factsOfAge(1, true, { s: 3 }), null);
  assert.equal(factsOfAge(3, false, { s: 3 }), null);
});

test("a text is cut between characters", () => {
  assert.equal(shortened("ab🎈cd", 5), "ab🎈…");
  assert.equal(shortened("ab🎈cd", 4), "ab…");
  assert.equal(shortened("abcd", 4), "abcd");
});

test("relations are compared on the facts that are valid at the step", async () => {
  const found = byRelation(await blockOf(), [[0]], 2);
  assert.deepEqual(found, [
    { name: "judge", facts: 2, a: 0.5, b: null },
    { name: "mayor", facts: 2, a: 0.75, b: null },
  ]);
  const before = byRelation(await blockOf(), [[0]], 0);
  assert.deepEqual(before.map(({ name }) => name), ["judge"]);
});

test("with two sides, the relation in which they differ most comes first", async () => {
  const twice = { variants: [VARIANTS[0], { name: "y", runs: [{ seed: 0 }] }] };
  const facts = FACTS.map(({ steps, ...one }) => ({
    ...one,
    steps: steps.map((at) => at && { ...at, runs: [at.runs[0], { ...at.runs[0], right: 2 }] }),
  }));
  const block = await decode(packFacts({ labels: LABELS, facts, ...twice }));
  assert.deepEqual(byRelation(block, [[0], [1]], 3).map(({ name, a, b }) => [name, a, b]), [
    ["mayor", 0.5, 1],
    ["judge", 0.5, 1],
  ]);
});

test("forms need the answers of every step", async () => {
  assert.deepEqual(byForm(await blockOf(), [[0]], 2), []);
  const keys = FACTS.flatMap((_, key) => [key, key]);
  const columns = {
    "probe.key": { type: "u32", values: keys },
    "probe.form": { type: "u8", values: FACTS.flatMap(() => [1, 2]) },
    "verdict.0": { type: "u8", values: LABELS.flatMap(() => FACTS.flatMap(() => [1, 0])) },
  };
  const header = { detail: { answers: "all", wordings: "all", margins: "all" } };
  const found = byForm(await blockOf({ header, columns }), [[0]], 2);
  assert.deepEqual(found.map(({ name, a }) => [name, a]), [["paraphrase", 1], ["question", 0]]);
});

test("a relation lists its valid facts", () => {
  assert.equal(factsOfKind("relation", "mayor").relation, "mayor");
  assert.deepEqual(factsOfKind("form", "question").group, ["new", "retained"]);
});

test("ages are counted in parts, with the same result", async () => {
  const whole = ages(await blockOf(), [0], 4);
  const block = await blockOf();
  let parts = 1;
  while (!countAges(block, [0], 4, null, -1)) parts++;
  assert.equal(parts, 4);
  assert.deepEqual(ages(block, [0], 4), whole);
});
