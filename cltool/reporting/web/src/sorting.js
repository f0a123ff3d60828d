/* The order in which facts are listed. */

import { AS_OBJECT, NEVER, NO_MARGIN } from "./block.js";
import { sideOf } from "./side.js";
import { textRanks } from "./text_order.js";

/* What facts can be sorted by. */
export const SORTS = [
  { name: "fact", title: "fact" },
  { name: "learned", title: "taught at" },
  { name: "a", title: "state of A" },
  { name: "b", title: "state of B" },
  { name: "answer", title: "answer of A" },
  { name: "margin", title: "margin of A" },
  { name: "banswer", title: "answer of B" },
  { name: "bmargin", title: "margin of B" },
];

/* Worst first: resurfaced, produced, wrong, outdated, partly, right, forgotten, future, none. */
const SEVERITY = [8, 7, 5, 4, 3, 2, 6, 1, 0];

/* Sorts facts: `sort` is null (the order of the block), a name in SORTS, or −name. */
export function sorted(view, keys) {
  const { sort } = view.selection;
  if (sort === null) return keys;
  const descending = sort.startsWith("-");
  const value = sortValue(view, descending ? sort.slice(1) : sort);
  if (value === null) return keys;
  // One number a fact, value and place together: sorting numbers needs no function calls.
  const room = keys.length + 1;
  const packed = new Float64Array(keys.length);
  for (let place = 0; place < keys.length; place++) {
    const one = value(keys[place]);
    const signed = one === MISSING ? LAST : descending ? -one : one;
    packed[place] = (signed + OFFSET) * room + place;
  }
  packed.sort();
  return Uint32Array.from(packed, (one) => keys[one % room]);
}

const MISSING = Infinity;
const OFFSET = 2 ** 24;
const LAST = OFFSET - 1;

/* A function from a fact to a whole number below OFFSET, or MISSING; null for an unknown name. */
function sortValue(view, name) {
  const { block, selection } = view;
  const from = selection.s * block.facts;
  if (name === "fact") return subjectOrder(block);
  if (name === "learned") {
    const learned = block.column("learned");
    return (key) => (learned[from + key] === NEVER ? MISSING : learned[from + key]);
  }
  const side = sideOf(view, name.startsWith("b") ? "b" : "a");
  if (side === null) return null;
  if (name === "a" || name === "b") {
    const states = side.states(selection.s);
    return (key) => SEVERITY.indexOf(states[key]);
  }
  if (name.endsWith("answer")) return answerOrder(block, side, selection.s);
  if (name.endsWith("margin")) return marginOrder(block, side, selection.s);
  return null;
}

function subjectOrder(block) {
  const subject = block.column("subject");
  const ranks = block.remember("subject ranks", () => textRanks(block.texts, subject));
  return (key) => ranks[subject[key]];
}

function answerOrder(block, side, step) {
  const [run] = side.runs(step);
  const answers = block.column(`answer.${run}`);
  const from = block.place(answers, run, step, 0, block.facts);
  if (from < 0) return null;
  const objects = block.column("object").subarray(step * block.facts, (step + 1) * block.facts);
  const said = answers.subarray(from, from + block.facts);
  const named = said.map((number, key) => (number === AS_OBJECT ? objects[key] : number));
  const ranks = block.remember(`answer ranks ${run} ${step}`, () => textRanks(block.texts, named));
  // Numbers that stand for no text are beyond the last text.
  return (key) => (named[key] < ranks.length ? ranks[named[key]] : MISSING);
}

function marginOrder(block, side, step) {
  const columns = [];
  for (const run of side.runs(step)) {
    const margins = block.column(`margin.${run}`);
    const from = block.place(margins, run, step, 0, block.facts);
    if (from >= 0) columns.push(margins.subarray(from, from + block.facts));
  }
  return (key) => {
    let sum = 0;
    let number = 0;
    for (const margins of columns) {
      if (margins[key] === NO_MARGIN) continue;
      sum += margins[key];
      number++;
    }
    return number === 0 ? MISSING : Math.round((16 * sum) / number);
  };
}
