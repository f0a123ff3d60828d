import assert from "node:assert/strict";
import { test } from "node:test";

import { duration, notice, progressText } from "../src/live.js";

const run = {
  folder: "replay-seed1",
  strategy: "replay",
  seed: 1,
  step: 2,
  steps: 8,
  label: "2012-06",
  phase: "training",
  share: 0.459,
  done: 0.3,
  tokens_per_second: 1234.5,
  seconds_left: 750,
  goes_on: true,
};

test("durations are said in minutes and hours", () => {
  assert.deepEqual([0, 29, 31, 59 * 60, 3600, 7500].map(duration), [
    "less than a minute",
    "less than a minute",
    "1 min",
    "59 min",
    "1 h",
    "2 h 5 min",
  ]);
});

test("a run in progress says its step, phase, speed and time left", () => {
  assert.equal(
    progressText(run),
    "step 2 of 7 (2012-06): training 45%, 1,235 tokens/s, about 13 min left",
  );
});

test("what is not known is left out", () => {
  const unknown = { ...run, share: null, tokens_per_second: null, seconds_left: null };
  assert.equal(progressText(unknown), "step 2 of 7 (2012-06): training");
});

test("a run whose process is gone is said to have stopped", () => {
  assert.equal(
    progressText({ ...run, goes_on: false }),
    "step 2 of 7 (2012-06): stopped, its process is gone",
  );
});

test("the page says what it waits for, and why there is nothing new", () => {
  const now = { version: "1", building: false, error: null, runs: [run] };
  assert.equal(notice(now, true), "");
  assert.match(notice(now, false), /server has ended/);
  assert.match(notice({ ...now, building: true }, true), /being made anew/);
  assert.match(notice({ ...now, error: "a file is damaged" }, true), /anew: a file is damaged$/);
  assert.match(notice({ ...now, runs: [{ ...run, goes_on: false }] }, true), /No run is in/);
  assert.equal(notice(null, true), "");
});
