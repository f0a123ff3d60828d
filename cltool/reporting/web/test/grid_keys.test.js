import assert from "node:assert/strict";
import { test } from "node:test";

import { inSight, moved } from "../src/grid_keys.js";

const SIZE = { rows: 100, columns: 5, page: 10 };

function press(key, row, column = 2, ctrlKey = false) {
  const to = moved({ row, column }, { key, ctrlKey, metaKey: false }, SIZE);
  return to === null ? null : [to.row, to.column];
}

test("keys move the cursor within the grid, and from the first row to the header", () => {
  assert.deepEqual(press("ArrowDown", 0), [1, 2]);
  assert.deepEqual(press("ArrowDown", 99), [99, 2]);
  assert.deepEqual(press("ArrowUp", 0), [-1, 2]);
  assert.deepEqual(press("ArrowUp", -1), [-1, 2]);
  assert.deepEqual(press("ArrowLeft", 3, 0), [3, 0]);
  assert.deepEqual(press("ArrowRight", 3, 4), [3, 4]);
  assert.deepEqual(press("PageDown", 95), [99, 2]);
  assert.deepEqual(press("PageUp", 5), [0, 2]);
  assert.deepEqual(press("Home", 7), [7, 0]);
  assert.deepEqual(press("End", 7, 2, true), [99, 4]);
  assert.deepEqual(press("Home", 7, 2, true), [0, 0]);
  assert.equal(press("a", 7), null);
});

test("without rows, only the header is left", () => {
  const none = { ...SIZE, rows: 0 };
  const event = { key: "ArrowDown" };
  assert.deepEqual(moved({ row: -1, column: 0 }, event, none), { row: -1, column: 0 });
});

test("a row out of sight is scrolled to, no further than needed", () => {
  const box = { rowHeight: 50, height: 200 };
  assert.equal(inSight(2, 0, box), 0);
  assert.equal(inSight(4, 0, box), 50);
  assert.equal(inSight(1, 100, box), 50);
  assert.equal(inSight(-1, 100, box), 100);
});
