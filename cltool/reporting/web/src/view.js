/* What is on the screen: the facts of the group shown, and the selection with its defaults. */

import { computed, signal } from "@preact/signals";

import { OF_A_GROUP, selection } from "./selection.js";

/* The page's JSON, and the facts of its groups by number as far as they are decoded. */
export const page = signal(null);
export const blocks = signal(new Map());

/* The number of the group of runs shown: the first where the page has not the one asked for. */
export const shown = computed(() => {
  const { g } = selection.value;
  return page.value?.groups[g] === undefined ? 0 : g;
});

/* The selection as it is in a group: what was chosen in another group is left out. */
function selectionIn(number) {
  const foreign = number === shown.value ? {} : OF_A_GROUP;
  return { ...selection.value, ...foreign, g: number };
}

/* The selection with a value for everything that has a default, within what the block has. */
export function resolved(given, block) {
  const within = (value, default_, most) =>
    value === null || value < 0 || value > most ? default_ : value;
  const last = Math.max(0, ...block.done.map((done) => done - 1));
  const variants = block.variants.length - 1;
  const a = within(given.a, given.b === 0 && variants > 0 ? 1 : 0, variants);
  const other = variants < 1 ? -1 : a === 1 ? 0 : 1;
  return {
    ...given,
    a,
    b: given.b === -1 ? -1 : within(given.b, other, variants),
    s: within(given.s, last, block.steps - 1),
    k: within(given.k, null, block.facts - 1),
  };
}

/* {block, data, selection} of a group (null: the one shown); null until its facts are decoded. */
export function viewOf(group = null) {
  const number = group ?? shown.value;
  const block = blocks.value.get(number);
  if (block === undefined || page.value === null) return null;
  const data = page.value.groups[number];
  return { block, data, selection: resolved(selectionIn(number), block) };
}

/*
 * The same of a page that carries no facts: its charts show what is in its JSON, and `block` is
 * null.
 */
export function viewWithoutFacts(group = null) {
  const number = group ?? shown.value;
  const data = page.value.groups[number];
  const like = {
    done: data.strategies.map((one) => one.done),
    variants: data.strategies,
    steps: data.labels.length,
    facts: 0,
  };
  return { block: null, data, selection: resolved(selectionIn(number), like) };
}

export const view = computed(() => viewOf());
