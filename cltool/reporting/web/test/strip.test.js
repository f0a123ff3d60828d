import assert from "node:assert/strict";
import { test } from "node:test";

import { STATES } from "../src/states.js";
import { stepWidth, stripInWords, stripWidth } from "../src/strip.js";

const number = (...names) => names.map((name) => STATES.indexOf(name));

test("a strip in words has a part for each stretch of a state", () => {
  const states = number("none", "right", "right", "wrong", "right");
  const words = stripInWords(states, ["base", "a", "b", "c", "d"]);
  assert.equal(words, "not asked from base, right from a, wrong from c, right from d");
});

test("a strip fits its column whatever the number of steps", () => {
  for (const steps of [1, 8, 20, 300]) {
    assert.ok(stripWidth(steps) <= 192, `${steps} steps`);
    assert.ok(stepWidth(steps) > 0);
  }
});
