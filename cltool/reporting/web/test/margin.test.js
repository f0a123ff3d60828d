import assert from "node:assert/strict";
import { test } from "node:test";

import { meanMargin, nats } from "../src/margin.js";

const written = (...kept) => nats(meanMargin(kept));

test("a margin is written with its sign; one that is rounded to nothing has none", () => {
  assert.deepEqual([written(6), written(-6), written(0)], ["+1.5", "−1.5", "0.0"]);
  assert.equal(written(4, 8, -128, null), "+1.5");
  assert.deepEqual([written(), written(null), written(-128)], ["–", "–", "–"]);
});

test("a margin beyond what a page keeps is not written as if it were exact", () => {
  assert.deepEqual([written(126), written(127), written(-127)], ["+31.5", "> +31", "< −31"]);
  // 31.75 or more and 0: 15.875 or more, less what both were rounded by.
  assert.equal(written(127, 0), "> +15");
  assert.equal(written(127, -126, -126), "> −11");
  assert.equal(written(127, -127), "–");
});
