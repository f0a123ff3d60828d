/* The valid facts of a step by relation and by form of wording: the share of right answers. */

import { formsWithAnswers } from "../forms.js";
import { counts, GROUPS } from "../states.js";

/*
 * [{name, facts, a, b}] for each relation with a valid fact: `a` and `b` are the mean share of right
 * answers of each side, null where nothing was asked. The order: the largest difference of the
 * sides first; with one side, the lowest share first.
 */
export function byRelation(block, sides, step, form = null) {
  const tables = sides.map((runs) => perRelation(block, runs, step, form));
  const found = block.relations.map((name, relation) => ({
    name,
    facts: Math.max(...tables.map(({ facts }) => facts[relation])),
    ...values(tables.map(({ right, facts }) => (facts[relation] ? right[relation] / facts[relation] : null))),
  }));
  return ordered(found.filter(({ facts }) => facts > 0));
}

/* The same for each form of wording whose answers the page has at every step. */
export function byForm(block, sides, step) {
  const found = formsWithAnswers(block).map((name) => {
    const means = sides.map((runs) => meanShare(block, runs, step, name));
    return {
      name,
      facts: Math.max(...means.map(({ facts }) => facts)),
      ...values(means.map(({ right, facts }) => (facts ? right / facts : null))),
    };
  });
  return found.filter(({ facts }) => facts > 0);
}

const values = ([a, b = null]) => ({ a, b });

function ordered(rows) {
  const gap = ({ a, b }) => (a === null || b === null ? null : Math.abs(a - b));
  return rows.sort(
    (one, other) =>
      (gap(other) ?? 0) - (gap(one) ?? 0) || (one.a ?? 2) - (other.a ?? 2) || other.facts - one.facts,
  );
}

function perRelation(block, runs, step, form) {
  return block.remember(`by relation ${runs} ${step} ${form}`, () => {
    const size = block.relations.length;
    const sum = { right: new Float64Array(size), facts: new Uint32Array(size) };
    const relations = block.column("relation");
    each(block, runs, step, form, (key, value) => {
      sum.right[relations[key]] += value;
      sum.facts[relations[key]]++;
    });
    return sum;
  });
}

function meanShare(block, runs, step, form) {
  return block.remember(`mean share ${runs} ${step} ${form}`, () => {
    const sum = { right: 0, facts: 0 };
    each(block, runs, step, form, (_, value) => {
      sum.right += value;
      sum.facts++;
    });
    return sum;
  });
}

/* Calls `take` with each valid fact that was asked, and its share of right answers. */
function each(block, runs, step, form, take) {
  if (runs.length === 0) return;
  const { asked, right } = counts(block, runs, step, form);
  const groups = block.column("group");
  const from = step * block.facts;
  for (let key = 0; key < block.facts; key++) {
    const group = groups[from + key];
    if (asked[key] === 0 || (group !== GROUPS.new && group !== GROUPS.retained)) continue;
    take(key, right[key] / asked[key]);
  }
}

/* The change of the selection that lists the valid facts of a relation, or the answers to a form. */
export function factsOf(kind, name) {
  const others = { q: "", state: null, change: null, learned: null, k: null };
  return { ...others, group: ["new", "retained"], [kind]: name };
}
