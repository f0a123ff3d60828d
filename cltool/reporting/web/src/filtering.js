/* Which facts pass the filters of a selection. */

import { changeBit } from "./changes.js";
import { LISTS } from "./selection.js";
import { sideOf } from "./side.js";
import { GROUPS, STATES } from "./states.js";

const NOT_RIGHT = ["partly", "outdated", "wrong"];

/* A choice of the page for several states at once. */
export const STATE_SETS = { "not right": NOT_RIGHT };

/* Splits values such as `wrong` (A's) and `b.wrong` (B's) by side. */
export function bySide(values) {
  const found = { a: [], b: [] };
  for (const value of values ?? []) {
    if (value.startsWith("b.")) found.b.push(value.slice(2));
    else found.a.push(value.replace(/^a\./, ""));
  }
  return found;
}

/* Whether anything is filtered. */
export function isFiltered(selection) {
  const { relation, learned, q, d } = selection;
  return q !== "" || d || relation !== null || learned !== null || LISTS.some((n) => selection[n]);
}

/* The numbers of the facts that pass, in the order of the block. */
export function matching(view) {
  const { block, selection } = view;
  const tests = [
    ...plainTests(block, selection),
    ...sideTests(view, "a"),
    ...sideTests(view, "b"),
    ...textTests(view),
  ];
  if (selection.d && selection.b >= 0) {
    const a = sideOf(view, "a").states(selection.s);
    const b = sideOf(view, "b").states(selection.s);
    tests.push((key) => a[key] !== b[key]);
  }
  const found = new Uint32Array(block.facts);
  let length = 0;
  next: for (let key = 0; key < block.facts; key++) {
    for (const passes of tests) if (!passes(key)) continue next;
    found[length++] = key;
  }
  return found.subarray(0, length);
}

function plainTests(block, { s, relation, group, learned }) {
  const from = s * block.facts;
  const tests = [];
  if (relation !== null) {
    const relations = block.column("relation");
    const number = block.relations.indexOf(relation);
    tests.push((key) => relations[key] === number);
  }
  if (group !== null) {
    const groups = block.column("group");
    const wanted = new Set(group.map((name) => GROUPS[name]));
    tests.push((key) => wanted.has(groups[from + key]));
  }
  if (learned !== null) {
    const steps = block.column("learned");
    tests.push((key) => steps[from + key] === learned);
  }
  return tests;
}

function sideTests(view, name) {
  const { selection } = view;
  const side = sideOf(view, name);
  const wantedStates = bySide(selection.state)[name];
  const wantedChanges = bySide(selection.change)[name];
  const tests = [];
  if (side === null) return tests;
  if (wantedStates.length > 0) {
    const states = side.states(selection.s);
    const wanted = STATES.map((state) => wantedStates.includes(state));
    tests.push((key) => wanted[states[key]]);
  }
  if (wantedChanges.length > 0) {
    const bits = side.changes(selection.s);
    const mask = wantedChanges.reduce((sum, change) => sum | changeBit(change), 0);
    tests.push((key) => (bits[key] & mask) !== 0);
  }
  return tests;
}

/* Every word must be in the subject, relation, object, outdated object or an answer. */
function textTests(view) {
  const words = view.selection.q.toLowerCase().split(/\s+/).filter(Boolean);
  return words.map((word) => textTest(view, word));
}

function textTest(view, word) {
  const { block } = view;
  const { holding, relations } = block.remember(`holding ${word}`, () => ({
    holding: block.texts.holding(word),
    relations: block.relations.map((name) => name.toLowerCase().includes(word)),
  }));
  const [subject, relation] = ["subject", "relation"].map((name) => block.column(name));
  const columns = textsAt(view);
  // Numbers that stand for no text are beyond the end of `holding`.
  return (key) => {
    if (holding[subject[key]] === 1 || relations[relation[key]]) return true;
    for (let place = 0; place < columns.length; place++) {
      if (holding[columns[place][key]] === 1) return true;
    }
    return false;
  };
}

/* The columns of the step that hold texts: objects, outdated objects, and the answers of A and B. */
function textsAt(view) {
  const { block, selection } = view;
  const { s: step } = selection;
  const row = (values, from) => values.subarray(from, from + block.facts);
  const found = ["object", "outdated"].map((name) => row(block.column(name), step * block.facts));
  for (const side of ["a", "b"]) {
    for (const run of sideOf(view, side)?.runs(step) ?? []) {
      const answers = block.column(`answer.${run}`);
      const from = block.place(answers, run, step, 0, block.facts);
      if (from >= 0) found.push(row(answers, from));
    }
  }
  return found;
}
