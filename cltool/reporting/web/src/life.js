/* The life of a fact on one side: where it was lost, and what may have done it. */

import { NOBODY } from "./block.js";
import { changeBit } from "./changes.js";
import { GROUPS } from "./states.js";

const MOST_SUSPECTS = 8;

/* The objects that were superseded before or at a step, oldest first. */
export function outdatedObjects(block, step, key) {
  const objects = block.column("object");
  const groups = block.column("group");
  const found = new Set();
  for (let at = 0; at <= step; at++) {
    const place = at * block.facts + key;
    if (groups[place] === GROUPS.new || groups[place] === GROUPS.retained) found.add(objects[place]);
    const older = block.column("outdated")[place];
    if (older !== NOBODY) found.add(older);
  }
  found.delete(objects[step * block.facts + key]);
  found.delete(NOBODY);
  return [...found].map((number) => block.text(number));
}

const BROKE = changeBit("broken") | changeBit("resurfaced");

/*
 * The last update up to `step` that broke the fact, or after which it resurfaced:
 * {step, before, after} with the states before and after it; null if there is none.
 */
export function flippedBy(side, step, key) {
  for (let at = step; at > 0; at--) {
    if (side.changes(at)[key] & BROKE) {
      return { step: at, before: side.state(at - 1, key), after: side.state(at, key) };
    }
  }
  return null;
}

/*
 * The facts that an update taught and that share something with a fact, nearest first:
 * {key, shared: [texts]}. They are suspects: nothing proves that they did it.
 */
export function suspects(block, step, key, answers) {
  const { facts } = block;
  const from = step * facts;
  const [subject, relation] = ["subject", "relation"].map((name) => block.column(name));
  const [object, group, learned] = ["object", "group", "learned"].map((name) => block.column(name));
  const said = new Set(answers.filter((text) => text !== null));
  const found = [];
  for (let other = 0; other < facts; other++) {
    const at = from + other;
    if (group[at] !== GROUPS.new || learned[at] !== step || other === key) continue;
    const shared = [];
    let near = 0;
    const note = (weight, text) => {
      near += weight;
      shared.push(text);
    };
    if (said.size > 0 && said.has(block.text(object[at]))) note(8, "its object is the answer given");
    if (subject[other] === subject[key]) note(4, "same subject");
    if (object[at] === object[from + key]) note(2, "same object");
    if (relation[other] === relation[key]) note(1, "same relation");
    if (near > 0) found.push({ key: other, near, shared });
  }
  found.sort((one, other) => other.near - one.near || one.key - other.key);
  return { all: found.length, listed: found.slice(0, MOST_SUSPECTS) };
}

/* In how many of the runs the update of a step rehearsed a fact; null if no run recorded it. */
export function rehearsed(side, step, key) {
  const { block } = side;
  const runs = side.runs(step).filter((run) => block.has(`rehearsed.${run}`));
  if (runs.length === 0) return null;
  const at = step * block.facts + key;
  const times = runs.filter((run) => block.column(`rehearsed.${run}`)[at] === 1).length;
  return { times, runs: runs.length };
}
