import assert from "node:assert/strict";
import { test } from "node:test";

import { EMPTY, format, parse } from "../src/selection.js";

test("a selection survives the way through the hash", () => {
  const full = {
    ...EMPTY,
    g: 1,
    a: 2,
    b: 0,
    s: 4,
    q: "käse & #1",
    relation: "works for, since",
    group: ["new", "retained"],
    learned: 3,
    state: ["outdated"],
    change: ["b.broken", "turned outdated"],
    form: "question",
    seed: 0,
    d: true,
    k: 7,
    sort: "-margin",
  };
  assert.deepEqual(parse(format(full)), full);
  assert.equal(format(parse("")), "");
});

test("what a hash must not hold is left out", () => {
  assert.deepEqual(parse("#a=x&s=1e9&k=&__proto__=1&zzz=2&d=yes"), EMPTY);
  assert.deepEqual(parse("#details"), EMPTY);
});
