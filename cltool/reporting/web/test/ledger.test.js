/* The states and changes that Python derives from the same ledger. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { changeBit, changeBits, changes, CHANGES, decode, states, STATES } from "../src/store.js";
import { packBlock } from "./synthetic.js";

const FILE = new URL("../../../../tests/reporting/web/changes.json", import.meta.url);
const LEDGER = JSON.parse(readFileSync(FILE, "utf8"));

function blockOf({ group, learned, runs, groups }) {
  const width = group[0].length;
  const matrix = (type, rows) => ({ type, width, values: rows.flat() });
  const columns = {
    "strings.bytes": { type: "u8", values: [] },
    "strings.ends": { type: "u32", values: [] },
    group: matrix("u8", group),
    learned: matrix("u16", learned),
  };
  runs.forEach((run, number) => {
    for (const name of ["asked", "right", "stale"]) {
      columns[`${name}.${number}`] = matrix("u8", run[name]);
    }
  });
  const labels = group.map((_, step) => `step ${step}`);
  return decode(packBlock({ labels, facts: width, relations: [], groups, variants: [] }, columns));
}

test("states and changes are those that Python derives", async () => {
  const block = await blockOf(LEDGER);
  for (const { runs, step, states: expected, changes: named } of LEDGER.cases) {
    const where = `runs ${runs}, step ${step}`;
    const found = Array.from(states(block, runs, step), (state) => STATES[state]);
    assert.deepEqual(found, expected, where);
    if (step === 0) continue;
    const bits = changeBits(block, runs, step);
    const tally = changes(block, runs, step);
    for (const { name } of CHANGES) {
      const keys = [...bits.keys()].filter((key) => bits[key] & changeBit(name));
      assert.deepEqual(keys, named[name] ?? [], `${where}: ${name}`);
      assert.equal(tally[name], keys.length, `${where}: ${name}`);
    }
  }
});
