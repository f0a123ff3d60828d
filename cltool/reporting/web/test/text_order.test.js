import assert from "node:assert/strict";
import { test } from "node:test";

import { textRanks } from "../src/text_order.js";
import { Texts } from "../src/texts.js";

function textsOf(list) {
  const parts = list.map((text) => Buffer.from(text));
  let end = 0;
  return new Texts(
    new Uint8Array(Buffer.concat(parts)),
    Uint32Array.from(parts, (part) => (end += part.length)),
  );
}

/* Repeatable numbers below `most` (a linear congruential generator). */
function* numbers(most) {
  let state = 7;
  for (;;) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    yield state % most;
  }
}

test("ranks are the places in the order of the lower case", () => {
  const next = numbers(7);
  const letters = ["a", "B", "b", "é", "🎈", "İ", ""];
  const list = new Set();
  while (list.size < 300) {
    let text = "";
    for (let i = 0; i < 6; i++) text += letters[next.next().value];
    list.add(text);
  }
  const texts = textsOf([...list]);
  const ranks = textRanks(texts, [...list].keys());
  const inOrder = [...list].map((text, number) => [ranks[number], text.toLowerCase()]);
  inOrder.sort(([one], [other]) => one - other);
  const sorted = inOrder.map(([, text]) => text);
  assert.deepEqual(sorted, [...sorted].sort());
  assert.equal(new Set(ranks).size, 300);
});

test("only the texts that are asked for get a rank", () => {
  const ranks = textRanks(textsOf(["c", "a", "b"]), [2, 0, 2, 0xffffffff]);
  assert.deepEqual([ranks[2], ranks[0]], [0, 1]);
});

test("a search marks each text that holds the part", () => {
  const texts = textsOf(["Käse", "", "ASE", "seas", "as"]);
  assert.deepEqual([...texts.holding("se")], [1, 0, 1, 1, 0]);
  assert.deepEqual([...texts.holding("as")], [0, 0, 1, 1, 1]);
  assert.deepEqual([...texts.holding("zz")], [0, 0, 0, 0, 0]);
});
